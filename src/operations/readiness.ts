import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { Problem } from '../common';

/** The databases without which no call can be answered. */
export const NEEDED_DATABASES = Symbol('keystile:needed-databases');

const DEADLINE_MS = 1_000;

/** Whether this process can answer calls: its databases do, and it is not on its way out. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  private isStopping = false;
  private readonly probes: ReadonlyArray<() => Promise<void>>;

  constructor(@Inject(NEEDED_DATABASES) databases: readonly DataSource[]) {
    this.probes = databases.map(onceAtATime);
  }

  /** From here on the process is not ready, so that nobody sends it new calls while it finishes the ones it has. */
  stop(): void {
    this.isStopping = true;
  }

  onModuleDestroy(): void {
    this.stop();
  }

  /** @throws Problem `unavailable` */
  async requireReady(): Promise<void> {
    if (this.isStopping) throw notReady(new Error('The process is shutting down'));
    await Promise.all(this.probes.map((probe) => withinDeadline(probe())));
  }
}

/** A frozen database must not collect one waiting query, and with it one connection, per probe. */
function onceAtATime(database: DataSource): () => Promise<void> {
  let pending: Promise<void> | undefined;
  return () => {
    pending ??= database
      .query('SELECT 1')
      .then(() => undefined)
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}

async function withinDeadline(answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The database did not answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    await Promise.race([answer, deadline]);
  } catch (error) {
    throw notReady(error);
  } finally {
    clearTimeout(timer);
  }
}

const notReady = (cause: unknown): Problem => new Problem('unavailable', { retryAfterSeconds: 1 }, undefined, { cause });
