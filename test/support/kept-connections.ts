import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: Record<string, unknown>;
  /** When it was sent and when the answer was there, on the clock of `performance.now()`. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Calls to one server over connections that stay open. */
export class KeptConnections {
  private readonly agent: Agent;
  private readonly base: URL;

  constructor(url: string, most = 64) {
    this.base = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: most });
  }

  close(): void {
    this.agent.destroy();
  }

  send(method: string, path: string, { as, body, headers = {} }: SendOptions = {}): Promise<Reply> {
    const payload = body === undefined ? (method === 'POST' || method === 'PATCH' ? '' : undefined) : JSON.stringify(body);
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          hostname: this.base.hostname,
          port: this.base.port,
          method,
          path,
          agent: this.agent,
          headers: {
            ...headers,
            ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = /json/.test(response.headers['content-type'] ?? '');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
              sentAt,
              answeredAt: performance.now(),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  }
}

export interface SendOptions {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
