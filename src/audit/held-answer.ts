import type { IncomingMessage, ServerResponse } from 'node:http';

import type { AnswerKeeper, EndParameters, WriteParameters } from '../http';
import type { CallSink, CallSoFar, FinishedCall, Kept } from './finished-call';

/** nginx's status for a caller that went away; it stands in the log only (`decisions.md` 7). */
const CLIENT_CLOSED_REQUEST = 499;

/** A call whose answer is not over. */
export type UnfinishedCall = { -readonly [Name in keyof FinishedCall]: FinishedCall[Name] };

/** By what an answer really leaves. */
export type WaysOut = Pick<ServerResponse, 'write' | 'flushHeaders' | 'end'>;

/**
 * Makes one row of an answer and lets the answer leave once the row is kept; of a streamed one, in two parts: before its first byte
 * and before its last. Node's own `end` does not go through `write`, so each byte is counted once.
 */
export class HeldAnswer implements AnswerKeeper {
  hasEnded = false;
  private bytes = 0;
  private begun: CallSoFar | undefined;
  private isOver = false;

  /** @param startedAt by `performance.now()` */
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly sink: CallSink,
    private readonly call: UnfinishedCall,
    private readonly startedAt: number,
    private readonly waysOut: WaysOut,
  ) {}

  write(parameters: WriteParameters): boolean {
    if (!this.begin()) this.response.destroy();
    const flowing = this.waysOut.write.apply(this.response, parameters);
    this.bytes += sizeOf(parameters[0], parameters[1]);
    return flowing;
  }

  flushHeaders(): void {
    if (!this.begin()) this.response.destroy();
    this.waysOut.flushHeaders.call(this.response);
  }

  end(parameters: EndParameters): void {
    if (this.hasEnded) return;
    const { request, response } = this;
    // What cannot be sent throws, and then somebody ends it again in another way.
    if (this.isOver || !canBeSent(parameters[0], response.statusCode)) {
      this.waysOut.end.apply(response, parameters);
      return;
    }
    const status = response.destroyed || isGone(request) ? CLIENT_CLOSED_REQUEST : response.statusCode;
    this.bytes += sizeOf(parameters[0], parameters[1]);
    this.hasEnded = true;
    this.finish(status, (kept) => (kept ? this.leave(parameters) : void response.destroy()));
  }

  /** That the connection, or the answer, is over. */
  closed(): void {
    if (!this.isOver) this.finish(CLIENT_CLOSED_REQUEST, () => undefined);
  }

  private begin(): boolean {
    if (this.begun || this.isOver) return true;
    const call = this.row(this.response.statusCode);
    const { status, code, latencyMicroseconds } = call;
    this.begun = { status, code, latencyMicroseconds };
    return this.sink.begin(call);
  }

  private finish(status: number, kept: Kept): void {
    this.isOver = true;
    if (this.begun) this.sink.complete(this.row(status), this.begun, kept);
    else this.sink.append(this.row(status), kept);
  }

  private row(status: number): FinishedCall {
    const { call } = this;
    call.status = status;
    call.latencyMicroseconds = Math.max(0, Math.round((performance.now() - this.startedAt) * 1_000));
    call.responseBytes = hasBody(this.request, this.response) ? this.bytes : 0;
    return call;
  }

  private leave(parameters: EndParameters): void {
    try {
      this.waysOut.end.apply(this.response, parameters);
    } catch (error) {
      this.response.destroy(error as Error);
    }
  }
}

/** Node takes the socket from a request whose body somebody stopped reading; the answer still goes out by it. */
const isGone = ({ socket }: { readonly socket: IncomingMessage['socket'] | null }): boolean => socket?.destroyed === true;

const canBeSent = (chunk: unknown, status: number): boolean =>
  status >= 100 &&
  status <= 999 &&
  (chunk === undefined || chunk === null || typeof chunk === 'string' || typeof chunk === 'function' || chunk instanceof Uint8Array);

/** RFC 9110 §6.4.1: what a handler sends there never leaves. */
const hasBody = ({ method }: IncomingMessage, { statusCode }: ServerResponse): boolean =>
  method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
