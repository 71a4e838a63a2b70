import { Logger } from '@nestjs/common';

export const DATABASE_AWAY = 'KEYSTILE_DATABASE_AWAY';

/** The database did not answer, or not in time. What was asked may have been done. */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError';
  readonly code = DATABASE_AWAY;
}

/** Asks the database for a sign of life, over a connection of its own. */
export interface Probe {
  /** @throws Error where the database says no or cannot be reached */
  ask(): Promise<void>;
  /** Gives up what is being asked: its connection is not used again. */
  drop(): void;
}

export interface PulseTimes {
  /** How long nothing has to be heard, while something is waited for, until it is asked whether it is there at all. */
  readonly quietMs: number;
  /** How long that question may take. */
  readonly probeMs: number;
  /** How soon after a question without an answer the next one follows. */
  readonly pauseMs: number;
}

const TIMES: PulseTimes = { quietMs: 300, probeMs: 1_000, pauseMs: 250 };
const TICK_MS = 100;

interface Waiting {
  /** On the clock of `performance.now()`. */
  readonly since: number;
  readonly until: number;
  readonly giveUp: (why: string) => void;
}

/**
 * Knows whether a database answers. A statement may take long; a database that has said nothing to anybody for a moment is asked for
 * a sign of life, and where that does not come, everything that waits for it is given up at once, and nothing new is asked until it
 * has answered again. So a frozen database holds no request for longer than `quietMs + probeMs` and a tick, and a slow report does
 * not look like a frozen database.
 */
export class Pulse {
  private readonly logger = new Logger('Database');
  private readonly waiting = new Set<Waiting>();
  private heardAt = performance.now();
  private isAway = false;
  private isClosed = false;
  private isProbing = false;
  private ticking: NodeJS.Timeout | undefined;
  private pause: NodeJS.Timeout | undefined;

  constructor(
    private readonly probe: Probe,
    private readonly times: PulseTimes = TIMES,
  ) {}

  /**
   * Waits for an answer, for as long as the database gives signs of life, and at most so long.
   * @param giveUp makes sure that nobody gets the late answer for their own
   * @param wasAnswered whether an error came from the database itself
   * @throws DatabaseAwayError; whatever `ask` throws
   */
  async answer<T>(ask: () => Promise<T>, { longestMs, giveUp, wasAnswered }: AnswerOptions): Promise<T> {
    if (this.isAway) throw new DatabaseAwayError('The database does not answer');
    const since = performance.now();
    let entry: Waiting | undefined;
    const givenUp = new Promise<never>((_resolve, reject) => {
      entry = {
        since,
        until: since + longestMs,
        giveUp: (why) => {
          this.waiting.delete(entry!);
          reject(new DatabaseAwayError(why));
          giveUp();
        },
      };
      this.waiting.add(entry);
    });
    this.ticking ??= setInterval(() => this.tick(), TICK_MS).unref();
    try {
      const answer = await Promise.race([ask(), givenUp]);
      this.heardAt = performance.now();
      return answer;
    } catch (error) {
      if (wasAnswered(error)) this.heardAt = performance.now();
      else if (!(error instanceof DatabaseAwayError)) void this.look();
      throw error;
    } finally {
      this.waiting.delete(entry!);
    }
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.ticking);
    clearTimeout(this.pause);
    this.probe.drop();
  }

  /** Timers come before what the network has brought meanwhile: a process that was busy itself hears that first. */
  private tick(): void {
    if (this.waiting.size === 0) {
      clearInterval(this.ticking);
      this.ticking = undefined;
      return;
    }
    setImmediate(() => {
      const now = performance.now();
      for (const { until, giveUp } of this.waiting) if (until <= now) giveUp('The database took too long');
      const [oldest] = this.waiting;
      if (oldest && now - Math.max(oldest.since, this.heardAt) >= this.times.quietMs) void this.look();
    });
  }

  private async look(): Promise<void> {
    if (this.isProbing || this.isClosed) return;
    this.isProbing = true;
    clearTimeout(this.pause);
    const found = await this.isAlive();
    this.isProbing = false;
    if (this.isClosed) return;
    if (found.alive) {
      this.heardAt = performance.now();
      if (this.isAway) this.logger.log('The database answers again');
      this.isAway = false;
      return;
    }
    if (!this.isAway) this.logger.error(`The database does not answer: ${found.reason}. Calls that need it get 503 until it does`);
    this.isAway = true;
    for (const { giveUp } of this.waiting) giveUp('The database does not answer');
    this.pause = setTimeout(() => void this.look(), this.times.pauseMs).unref();
  }

  private async isAlive(): Promise<{ alive: true } | { alive: false; reason: string }> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => setImmediate(() => reject(new Error(`no sign of life within ${this.times.probeMs} ms`))),
        this.times.probeMs,
      );
    });
    try {
      await Promise.race([this.probe.ask(), late]);
      return { alive: true };
    } catch (error) {
      this.probe.drop();
      return { alive: false, reason: reasonOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}

interface AnswerOptions {
  readonly longestMs: number;
  readonly giveUp: () => void;
  readonly wasAnswered: (error: unknown) => boolean;
}

/** A code or a sentence, without addresses. */
function reasonOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? 'unknown';
}
