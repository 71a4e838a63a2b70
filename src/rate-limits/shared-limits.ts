import { Logger } from '@nestjs/common';

import type { KeyedLimit } from './gcra';
import { TAKE } from './shared-script';

/** Redis, as far as limits need it: `RedisConnection` of `coordination/`. */
export interface SharedStore {
  /** Connects, or does not within a moment. */
  open(): Promise<void>;
  /** @throws Error where there was no answer in time, or a bad one */
  ask<T>(command: readonly string[], deadlineMs?: number): Promise<T>;
}

export interface SharedLimitsOptions {
  /** Before the names of the buckets there, so that several installations may share one Redis. */
  readonly prefix: string;
  /** Whether the time that callers give counts, and not that of Redis: where a test moves the clock. */
  readonly isClockOurs: boolean;
  /** How long a call waits for Redis. */
  readonly deadlineMs: number;
}

/** How soon after a failure, and then how often, Redis is asked whether it is there again. */
const PROBE_EVERY_MS = 250;
/** Redis does nothing else while a script runs. */
const MOST_IN_ONE_SCRIPT = 200;

/** A limit, and how full its bucket is at least, as far as this process knows. */
export interface KnownLimit {
  readonly limit: KeyedLimit;
  readonly level: number;
}

/** Whether there was room, and how full the bucket of each limit is afterwards. */
export interface Counted {
  readonly allowed: boolean;
  readonly levels: readonly number[];
}

interface Waiting {
  readonly limits: readonly KnownLimit[];
  readonly cost: 0 | 1;
  readonly resolve: (counted: Counted | null) => void;
}

/**
 * Counts calls in Redis: those of one turn of the event loop go there together. Once somebody has waited for longer than the deadline,
 * Redis is away for everybody and at once, until it has answered again: a frozen Redis costs nothing after the first.
 */
export class SharedLimits {
  private readonly logger = new Logger('RateLimits');
  private readonly waiting = new Set<Waiting>();
  private turn: Waiting[] = [];
  private turnMs = 0;
  private isAway = false;
  private isStopped = false;
  private probing: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: SharedStore,
    private readonly options: SharedLimitsOptions,
  ) {}

  get deadlineMs(): number {
    return this.options.deadlineMs;
  }

  /** Whether it is worth asking. */
  get isThere(): boolean {
    return !this.isAway && !this.isStopped;
  }

  /**
   * @param cost `0` only asks whether there is room
   * @returns `null` where Redis does not answer; whether it has counted the call is not known then
   */
  count(limits: readonly KnownLimit[], cost: 0 | 1, nowMs: number): Promise<Counted | null> {
    return new Promise((resolve) => {
      if (!this.isThere) return resolve(null);
      const waiting = { limits, cost, resolve };
      if (this.turn.length === 0) setImmediate(() => this.send());
      this.turn.push(waiting);
      this.turnMs = nowMs;
      this.waiting.add(waiting);
    });
  }

  /** Connects before the first call does. */
  async start(): Promise<void> {
    await this.store.open();
  }

  /** Asks Redis nothing more. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.probing);
    this.giveUp();
  }

  private send(): void {
    const calls = this.turn;
    this.turn = [];
    for (let from = 0; from < calls.length && this.isThere; from += MOST_IN_ONE_SCRIPT) {
      void this.ask(calls.slice(from, from + MOST_IN_ONE_SCRIPT));
    }
  }

  private async ask(calls: readonly Waiting[]): Promise<void> {
    const answer = await this.answerTo(calls);
    if (!answer) return this.goAway();
    let at = 0;
    for (const waiting of calls) {
      const levels = answer.slice(at + 1, at + 1 + waiting.limits.length);
      this.settle(waiting, { allowed: answer[at] === 1, levels });
      at += 1 + levels.length;
    }
  }

  /** @returns the numbers that the script answers with, `null` where they do not come in time */
  private async answerTo(calls: readonly Waiting[]): Promise<number[] | null> {
    const known = calls.flatMap(({ limits }) => limits);
    const now = this.options.isClockOurs ? `${this.turnMs}` : '';
    const parameters = [`${known.length}`, ...known.map(({ limit }) => `${this.options.prefix}${limit.key}`), now];
    for (const { limits, cost } of calls) {
      parameters.push(`${limits.length}`, `${cost}`);
      for (const { limit, level } of limits) parameters.push(`${limit.limit}`, `${limit.windowSeconds}`, `${level}`);
    }
    try {
      return (await this.run(parameters)).map(Number);
    } catch {
      // Whatever it was, Redis counts nothing now. That is logged once, and it is asked again.
      return null;
    }
  }

  /** By its name, which Redis forgets when it is started anew. */
  private async run(parameters: readonly string[]): Promise<unknown[]> {
    try {
      return await this.store.ask<unknown[]>(['EVALSHA', TAKE.sha1, ...parameters], this.deadlineMs);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.store.ask<unknown[]>(['EVAL', TAKE.source, ...parameters], this.deadlineMs);
    }
  }

  private goAway(): void {
    if (!this.isThere) return;
    this.isAway = true;
    this.logger.warn('Redis does not answer: until it does, each replica counts for itself');
    this.giveUp();
    this.probeLater();
  }

  private giveUp(): void {
    for (const waiting of this.waiting) this.settle(waiting, null);
  }

  private settle(waiting: Waiting, counted: Counted | null): void {
    if (this.waiting.delete(waiting)) waiting.resolve(counted);
  }

  private probeLater(): void {
    this.probing = setTimeout(() => void this.probe(), PROBE_EVERY_MS).unref();
  }

  private async probe(): Promise<void> {
    const answer = await this.answerTo([]);
    if (this.isStopped) return;
    if (!answer) return this.probeLater();
    this.isAway = false;
    this.logger.log('Redis answers again: replicas count together');
  }
}
