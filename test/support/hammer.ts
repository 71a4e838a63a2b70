import { setTimeout as sleep } from 'node:timers/promises';

import type { ReplicaProcess } from './fleet';
import { until } from './until';

/** What is called again and again while something is taken away. */
export interface Probe {
  readonly method?: string;
  readonly path: string;
  readonly as: string;
  /** What an accepted call is answered with. Default: 200. */
  readonly accepted?: number;
}

/** One answered call. */
export interface Seen {
  readonly sentAt: number;
  readonly isAccepted: boolean;
  readonly replica: string;
  readonly status: number;
}

interface Strength {
  readonly perReplica?: number;
  readonly pauseMs?: number;
}

const ENOUGH = 3;

/** Calls every replica without a pause, several at once, until it is told to stop. */
export class Hammer {
  private readonly seen: Seen[] = [];
  private readonly names: readonly string[];
  private readonly workers: Array<Promise<void>>;
  private readonly pauseMs: number;
  private isRunning = true;

  /** @param pauseMs of each caller between two calls; without one the machine has nothing left for anything else */
  constructor(replicas: readonly ReplicaProcess[], probe: Probe, { perReplica = 2, pauseMs = 0 }: Strength = {}) {
    this.pauseMs = pauseMs;
    this.names = replicas.map(({ name }) => name);
    this.workers = replicas.flatMap((replica) => Array.from({ length: perReplica }, () => this.work(replica, probe)));
  }

  /** Until every replica has accepted some calls: all of them remember. */
  async warm(): Promise<void> {
    await until(
      () => this.hasEverywhere(({ isAccepted }) => isAccepted),
      () => `every replica is warm (${JSON.stringify(this.seen.at(-1))})`,
    );
  }

  /**
   * Ends when every replica has answered some calls that were sent after a moment.
   * @returns those of them that were accepted, and how many calls there were
   */
  async stop(after: number): Promise<{ readonly late: readonly Seen[]; readonly calls: number }> {
    await until(
      () => this.hasEverywhere(({ sentAt }) => sentAt > after),
      () => 'every replica has been asked afterwards',
    );
    this.isRunning = false;
    await Promise.all(this.workers);
    return { late: this.seen.filter(({ sentAt, isAccepted }) => sentAt > after && isAccepted), calls: this.seen.length };
  }

  private hasEverywhere(fits: (one: Seen) => boolean): boolean {
    const counts = new Map(this.names.map((name) => [name, 0]));
    for (const one of this.seen) if (fits(one)) counts.set(one.replica, counts.get(one.replica)! + 1);
    return [...counts.values()].every((count) => count >= ENOUGH);
  }

  private async work(replica: ReplicaProcess, { method = 'GET', path, as, accepted = 200 }: Probe): Promise<void> {
    while (this.isRunning) {
      const { sentAt, status } = await replica.calls.send(method, path, { as });
      this.seen.push({ sentAt, status, isAccepted: status === accepted, replica: replica.name });
      if (this.pauseMs > 0) await sleep(this.pauseMs);
    }
  }
}
