import { Agent, request } from 'node:http';

/** An answer as a client saw it. */
export interface SeenAnswer {
  readonly requestId: string;
  readonly status: number;
  readonly milliseconds: number;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

export interface LoadCall {
  readonly method: string;
  readonly path: string;
  readonly as: string;
  readonly body?: unknown;
}

/** Clients that call one after the other, each over a connection of its own, and remember every answer. */
export class SteadyLoad {
  readonly answers: SeenAnswer[] = [];
  private readonly agent: Agent;
  private readonly clients: Promise<void>[];
  private isOver = false;
  private counter = 0;

  constructor(
    private readonly url: string,
    private readonly calls: readonly LoadCall[],
    clients = 8,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.clients = Array.from({ length: clients }, () => this.client());
  }

  get slowestMs(): number {
    return Math.max(0, ...this.answers.map(({ milliseconds }) => milliseconds));
  }

  /** @returns all that was answered, when the last one is */
  async stop(): Promise<readonly SeenAnswer[]> {
    this.isOver = true;
    await Promise.all(this.clients);
    this.agent.destroy();
    return this.answers;
  }

  private async client(): Promise<void> {
    while (!this.isOver) {
      const answer = await this.call(this.calls[(this.counter += 1) % this.calls.length]!);
      if (answer) this.answers.push(answer);
    }
  }

  private call({ method, path, as, body }: LoadCall): Promise<SeenAnswer | undefined> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const sent = request(
        new URL(path, this.url),
        {
          method,
          agent: this.agent,
          headers: {
            authorization: `Bearer ${as}`,
            ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
          },
        },
        (response) => {
          response.resume();
          response.on('error', () => resolve(undefined));
          response.on('end', () => {
            const at = performance.now();
            resolve({
              requestId: String(response.headers['x-request-id']),
              status: response.statusCode ?? 0,
              milliseconds: at - startedAt,
              at,
            });
          });
        },
      );
      sent.on('error', () => resolve(undefined));
      sent.end(payload);
    });
  }
}
