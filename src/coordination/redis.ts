import { Logger } from '@nestjs/common';
import type { RedisClientType } from 'redis';

/** Redis did not answer, or not in time. What was asked may have been done. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

/** The one connection to Redis, or `null` where there is none. */
export const REDIS = Symbol('keystile:redis');

/** Told what was published, or `null` where messages may have been missed. */
export type RedisListener = (message: string | null) => void;

interface Times {
  readonly deadlineMs: number;
  readonly connectMs: number;
  readonly pauseMs: number;
}

const TIMES: Times = { deadlineMs: 20, connectMs: 500, pauseMs: 500 };
/** So many in a row without an answer in time, and nobody waits for Redis any more until it has answered again. */
const MOST_MISSES = 3;
/** What may be on its way at once; memory stays flat while Redis is frozen. */
const MOST_WAITING = 10_000;

type Client = RedisClientType;

interface Clients {
  readonly commands: Client;
  readonly subscriber: Client;
}

/**
 * Redis or Valkey, for what may be lost: nothing here ever waits longer than a deadline, and while Redis is away whoever asks is told
 * so at once. It is asked again twice a second; a connection that missed its deadline several times in a row is never used again.
 */
export class RedisConnection {
  private readonly logger = new Logger('Redis');
  private readonly listeners = new Map<string, RedisListener>();
  private clients: Clients | undefined;
  private opening: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private misses = 0;
  private isClosed = false;
  private wasSaid = false;
  /** The class of what Redis itself says no with. */
  private errorReply: Function = Error;

  constructor(
    private readonly url: string,
    private readonly times: Times = TIMES,
  ) {}

  /** Whether it is worth asking. While it is not, asking costs nothing and brings a connection about. */
  get isUsable(): boolean {
    if (this.clients) return true;
    void this.open();
    return false;
  }

  /** Connects, where it is not connected. Whether that came about is seen by `isUsable`. */
  open(): Promise<void> {
    if (this.clients || this.isClosed || this.retry) return Promise.resolve();
    this.opening ??= this.connect().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  /**
   * One command; those of one turn of the event loop leave together.
   * @throws RedisAwayError where there is no connection or no answer in time; an error of Redis's own as it is
   */
  async ask<T>(command: readonly string[], deadlineMs: number = this.times.deadlineMs): Promise<T> {
    if (!this.isUsable) throw new RedisAwayError('Redis is away');
    const { commands } = this.clients!;
    const answer = await this.within(deadlineMs, commands.sendCommand<T & string>(command), commands);
    this.misses = 0;
    return answer;
  }

  /** From now on, and again after each loss of the connection. */
  subscribe(channel: string, listener: RedisListener): void {
    this.listeners.set(channel, listener);
    if (this.clients) void this.listen(this.clients.subscriber, channel, listener).catch(() => this.lose());
    else void this.open();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.drop();
  }

  private async connect(): Promise<void> {
    const { createClient, ErrorReply } = await import('redis');
    this.errorReply = ErrorReply;
    const make = (): Client => {
      const client = createClient({
        url: this.url,
        disableOfflineQueue: true,
        commandsQueueMaxLength: MOST_WAITING,
        // A client that lost its connection is replaced, so that nothing of the old one is waited for.
        socket: { connectTimeout: this.times.connectMs, reconnectStrategy: false },
      }) as unknown as Client;
      client.on('error', () => this.lose(client));
      client.on('end', () => this.lose(client));
      return client;
    };
    const made: Clients = { commands: make(), subscriber: make() };
    try {
      const ready = Promise.all([made.commands.connect(), made.subscriber.connect()]).then(() => made.commands.ping());
      await this.within(this.times.connectMs, ready);
      if (this.isClosed) return destroy(made);
      for (const [channel, listener] of this.listeners) {
        await this.within(this.times.connectMs, this.listen(made.subscriber, channel, listener));
      }
      this.clients = made;
      this.misses = 0;
      if (this.wasSaid) this.logger.log('Redis answers again');
      this.wasSaid = false;
      for (const listener of this.listeners.values()) listener(null);
    } catch (error) {
      destroy(made);
      this.later(error as Error);
    }
  }

  private async listen(subscriber: Client, channel: string, listener: RedisListener): Promise<void> {
    await subscriber.subscribe(channel, (message) => listener(message));
  }

  /** Timers come before what the network has brought meanwhile: a process that was busy itself hears that first. */
  private async within<T>(deadlineMs: number, asked: Promise<T>, from?: Client): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => setImmediate(() => setImmediate(() => reject(new RedisAwayError(`Redis did not answer within ${deadlineMs} ms`)))),
        deadlineMs,
      );
    });
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      if (error instanceof this.errorReply) throw error;
      if (!(error instanceof RedisAwayError)) throw new RedisAwayError('The connection to Redis was lost', { cause: error });
      if (from && ++this.misses >= MOST_MISSES) this.lose(from);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param of the client that failed; one that has been replaced already is nobody's loss */
  private lose(of?: Client): void {
    const { clients } = this;
    if (!clients || (of && of !== clients.commands && of !== clients.subscriber)) return;
    this.drop();
    this.later(new RedisAwayError('The connection was lost'));
  }

  private drop(): void {
    const { clients } = this;
    this.clients = undefined;
    if (clients) destroy(clients);
  }

  private later(why: Error): void {
    if (this.isClosed || this.retry) return;
    if (!this.wasSaid) this.logger.warn(`Redis does not answer (${reasonOf(why)}): replicas do without it until it does`);
    this.wasSaid = true;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.open();
    }, this.times.pauseMs).unref();
  }
}

function destroy({ commands, subscriber }: Clients): void {
  for (const client of [commands, subscriber]) if (client.isOpen) client.destroy();
}

/** A code or a sentence, without addresses. */
function reasonOf({ message, cause }: Error): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : message;
}
