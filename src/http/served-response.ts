import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Headers of every answer, each unless the answer says something else under that name. */
export class StandingHeaders {
  /** As they stand in a head. */
  readonly lines: string;

  constructor(readonly byName: Readonly<Record<string, string>>) {
    this.lines = Object.entries(byName)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  }
}

export type WriteParameters = Parameters<ServerResponse['write']>;
export type EndParameters = Parameters<ServerResponse['end']>;

/** Has an answer in its hand: nothing of it leaves but through here. */
export interface AnswerKeeper {
  /** Whether all of it is known, though it may not have left. */
  readonly hasEnded: boolean;
  write(parameters: WriteParameters): boolean;
  flushHeaders(): void;
  end(parameters: EndParameters): void;
}

/**
 * An answer of a server that was made with it, `createServer({ ServerResponse: ServedResponse })`: what others put on each response as
 * functions of its own is here once for all.
 */
export class ServedResponse extends ServerResponse {
  /** Headers that are sent with the head, which may override them. */
  ownHeaders: Readonly<Record<string, string>> | undefined;
  standingHeaders: StandingHeaders | undefined;
  keeper: AnswerKeeper | undefined;

  override writeHead(status: number, ...rest: unknown[]): this {
    const [headers] = rest;
    if (rest.length !== 1 || !isByName(headers) || this.getHeaderNames().length > 0) {
      for (const more of [this.ownHeaders, this.standingHeaders?.byName]) {
        for (const name in more) if (!this.hasHeader(name)) this.setHeader(name, more[name]!);
      }
      return super.writeHead(status, ...(rest as [OutgoingHttpHeaders]));
    }
    const { ownHeaders, standingHeaders } = this;
    const standing = standingHeaders?.byName;
    const all: OutgoingHttpHeader[] = [];
    for (const name in ownHeaders) if (headers[name] === undefined) all.push(name, ownHeaders[name]!);
    let isOverridden = false;
    for (const name in headers) {
      all.push(name, headers[name]!);
      if (standing !== undefined && standing[name] !== undefined) isOverridden = true;
    }
    if (isOverridden) for (const name in standing) if (headers[name] === undefined) all.push(name, standing[name]!);
    super.writeHead(status, all);
    if (standingHeaders && !isOverridden) addLines(this, standingHeaders.lines);
    return this;
  }

  /** Node says that an answer is over when its connection is; one that waits behind another answer has none yet. */
  override destroy(error?: Error): this {
    const isWaiting = this.socket === null && !this.destroyed && !this.writableFinished;
    super.destroy(error);
    if (isWaiting) this.emit('close');
    return this;
  }

  override write(...parameters: unknown[]): boolean {
    return this.keeper ? this.keeper.write(parameters as WriteParameters) : super.write(...(parameters as WriteParameters));
  }

  override flushHeaders(): void {
    if (this.keeper) this.keeper.flushHeaders();
    else super.flushHeaders();
  }

  override end(...parameters: unknown[]): this {
    if (!this.keeper) return super.end(...(parameters as EndParameters));
    this.keeper.end(parameters as EndParameters);
    return this;
  }
}

// A property for the compiler, an accessor in Node.
Object.defineProperty(ServedResponse.prototype, 'writableEnded', {
  configurable: true,
  get(this: ServedResponse): boolean {
    return this.keeper?.hasEnded === true || this.finished;
  },
});

/** Behind the headers of a head that has been written but not sent. Node would look at each character of each of them again. */
function addLines(response: ServerResponse, lines: string): void {
  const head = response as unknown as { _header: string };
  head._header = `${head._header.slice(0, -2)}${lines}\r\n`;
}

const isByName = (headers: unknown): headers is OutgoingHttpHeaders =>
  typeof headers === 'object' && headers !== null && !Array.isArray(headers);
