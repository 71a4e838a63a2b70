import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request that a provider received. */
export interface ProviderCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What it answers: a status and JSON, at once or when a test says so. */
export interface ProviderReply {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: string;
}

type Answering = (call: ProviderCall, number: number) => ProviderReply | Promise<ProviderReply>;

/** A real HTTP listener on loopback that plays an SMS or WhatsApp provider. */
export class ProviderListener {
  readonly calls: ProviderCall[] = [];
  private readonly waiting: Array<{ readonly count: number; readonly go: () => void }> = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    public answer: Answering,
  ) {}

  static async start(answer: Answering): Promise<ProviderListener> {
    const server = createServer();
    const listener = new ProviderListener(server, answer);
    server.on('request', (request, response) => void listener.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when it has received so many requests. */
  async received(count: number): Promise<void> {
    if (this.calls.length >= count) return;
    await new Promise<void>((go) => this.waiting.push({ count, go }));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const call = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    this.calls.push(call);
    for (const { count, go } of this.waiting) if (this.calls.length >= count) go();
    const { status, json, headers = {}, raw } = await this.answer(call, this.calls.length);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(raw ?? (json === undefined ? '' : JSON.stringify(json)));
  }
}
