import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';

import { type Clock, newId } from '../common';
import { CatchUp, type Effect } from './catch-up';
import type { Effects } from './effects';
import { type Change, type Epoch, PendingChange, raiseIn } from './epoch';
import { EpochStore, raiseEpoch, type ReplicaRow } from './epoch-store';
import { EpochWatch } from './epoch-watch';
import { EpochMessages } from './epoch-messages';
import { clocks, Lease } from './lease';
import { type Listener, Memory } from './memory';
import type { RedisConnection } from './redis';
import { SideConnection } from './side-connection';

/** Longer than a lease, so that a slow database is not taken for one that is gone. */
const DEADLINE_MS = 1_000;
/** How long the start waits for the first look at the database. */
const START_MS = 2_000;

/** Of the database that replicas share, their name for people, and how they may tell each other sooner. */
export interface SharedEpochParts {
  readonly database: DataSource;
  readonly clock: Clock;
  readonly replica: string;
  readonly redis: RedisConnection | null;
  readonly effects: Effects;
}

/**
 * The epoch of several processes on one MySQL or MariaDB. A change raises it in its own transaction; every replica watches it and
 * goes by its memory only while its lease lasts; who makes a change waits until all others have forgotten, or their lease has run out.
 *
 * Before `onModuleInit` nothing is remembered, but changes wait all the same: for commands beside a running service.
 */
export class SharedEpoch implements Epoch, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Replicas');
  private readonly memory = new Memory();
  private readonly lease = new Lease();
  private readonly own = new Set<number>();
  private readonly id: string;
  private readonly catchUp: CatchUp;
  private side: SideConnection | undefined;
  private store: EpochStore;
  private watch: EpochWatch | undefined;
  private messages: EpochMessages | undefined;

  constructor(private readonly parts: SharedEpochParts) {
    this.id = newId('rep', parts.clock.now());
    this.store = new EpochStore({ query: (sql, parameters) => parts.database.query(sql, [...(parameters ?? [])]) });
    this.catchUp = new CatchUp(
      () => this.store.replicas(),
      () => (this.watch ? this.id : null),
    );
  }

  get epoch(): number {
    return this.memory.epoch;
  }

  isTrusted(): boolean {
    return this.lease.isLive();
  }

  onForget(listener: Listener): void {
    this.memory.onForget(listener);
  }

  async raise(manager: EntityManager, change: Change): Promise<void> {
    await raiseIn(manager, this, change, () => new SharedChange(this, this.parts.effects));
  }

  /** Who this replica is among those that `replicas` lists. */
  get replicaId(): string {
    return this.id;
  }

  replicas(): Promise<ReplicaRow[]> {
    return this.store.replicas();
  }

  async onModuleInit(): Promise<void> {
    const { database, clock, replica } = this.parts;
    const side = new SideConnection(database, DEADLINE_MS);
    this.side = side;
    this.store = new EpochStore(side);
    const started = new Promise<void>((resolve) => {
      const watched = {
        id: this.id,
        name: replica,
        forget: (ids: ReadonlyArray<string | null>) => this.memory.forget(ids),
        isOwn: (epoch: number) => this.own.delete(epoch),
        hasSeen: (epoch: number) => this.messages?.seen(this.id, epoch),
        lookRound: async () => {
          await this.lookRound();
          resolve();
        },
      };
      this.watch = new EpochWatch(this.store, this.lease, watched, clock);
    });
    this.watch!.start();
    await Promise.race([started, new Promise((resolve) => setTimeout(resolve, START_MS).unref())]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.watch?.stop();
    await this.side?.close();
  }

  /** @param epoch that a transaction raised here, which has just been committed */
  async settle(epoch: number, organizationIds: ReadonlyArray<string | null>): Promise<Effect> {
    if (this.watch && epoch > this.watch.epoch) this.own.add(epoch);
    this.memory.forget(organizationIds);
    const effect = this.catchUp.wait(epoch);
    this.messages?.raised(epoch);
    return effect;
  }

  /** Nobody knows whether it was committed. */
  forget(organizationIds: ReadonlyArray<string | null>): void {
    this.memory.forget(organizationIds);
  }

  private async lookRound(): Promise<void> {
    const { redis } = this.parts;
    if (redis) this.messages ??= new EpochMessages(redis, await this.store.prepare(), this.watch!, this.catchUp);
    const askedAt = clocks.now().steadyMs;
    const rows = await this.store.replicas();
    const live = rows.filter(({ endedAt }) => endedAt === null);
    for (const { id, name, renewals } of this.catchUp.observe(live, askedAt)) {
      if (id === this.id) continue;
      await this.store.end(id, renewals, this.parts.clock.now());
      this.logger.warn(`Replica ${name} (${id}) has not renewed its lease: no change waits for it until it comes back`);
    }
  }
}

class SharedChange extends PendingChange {
  private epoch = 0;

  constructor(
    private readonly shared: SharedEpoch,
    private readonly effects: Effects,
  ) {
    super();
  }

  async beforeCommit(manager: EntityManager): Promise<void> {
    this.epoch = await raiseEpoch(manager, this.organizationIds);
  }

  async afterCommit(isCertain: boolean): Promise<void> {
    if (!isCertain) return this.shared.forget(this.organizationIds);
    const effect = await this.shared.settle(this.epoch, this.organizationIds);
    this.noteIn(this.effects, effect);
  }
}
