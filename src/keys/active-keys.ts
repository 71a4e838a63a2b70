import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource, type EntityManager, IsNull, Not } from 'typeorm';

import { type Clock, CLOCK, conflict, KEY_REALM, type Owner, Turns } from '../common';
import { inTransaction } from '../persistence';
import { ApiKey, KeyOwner } from './api-key.entity';
import { KEYS_OPTIONS, type KeysOptions } from './keys-options';

/** How many makers of one owner's keys wait in this process; more are turned away. */
const MOST_IN_LINE = 200;

/**
 * How many active keys an owner has, where that is limited (seed K05). The makers of one owner's keys stand in line at a row of
 * that owner's; the unique index of `api_keys.active_slot` holds whatever happens. Those of one process stand in line before that, where
 * they hold no connection: fifty that wait for one row would leave none to anybody else.
 */
@Injectable()
export class ActiveKeys {
  private readonly most: number | null;
  private readonly lines = new Map<string, { readonly turns: Turns; standing: number }>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_REALM) private readonly realm: string,
    @Inject(KEYS_OPTIONS)
    { maxActiveKeysPerOwner = null }: { readonly maxActiveKeysPerOwner?: KeysOptions['maxActiveKeysPerOwner'] | null },
  ) {
    this.most = maxActiveKeysPerOwner;
  }

  get areLimited(): boolean {
    return this.most !== null;
  }

  /**
   * Makes keys for an owner while nobody else does, in a transaction behind `lock`.
   * @throws Problem `rate_limited` where too many wait already; whatever `work` throws
   */
  async inTurn<T>(owner: Owner, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const name = `${owner.type}:${owner.id}`;
    const line = this.lines.get(name) ?? { turns: new Turns(1, MOST_IN_LINE), standing: 0 };
    this.lines.set(name, line);
    line.standing++;
    try {
      return await line.turns.take(async () => {
        await this.prepare(owner);
        return inTransaction(this.database, async (manager) => {
          await this.lock(manager, owner);
          return work(manager);
        });
      });
    } finally {
      line.standing--;
      if (line.standing === 0) this.lines.delete(name);
    }
  }

  /** Makes the row to stand in line at, before a transaction begins: two that make it inside of theirs block each other. */
  async prepare(owner: Owner): Promise<void> {
    await this.database.createQueryBuilder().insert().into(KeyOwner).values(this.rowOf(owner)).orIgnore().execute();
  }

  /** Waits until nobody else is making keys for this owner. The lock holds until the transaction ends. */
  async lock(manager: EntityManager, owner: Owner): Promise<void> {
    await manager
      .createQueryBuilder()
      .update(KeyOwner)
      .set({ ownerId: () => 'owner_id' })
      .where(this.rowOf(owner))
      .execute();
  }

  /**
   * The slot that a key of this owner takes; `null` where there is no limit. Call it behind `lock`.
   * @param keyId of a key that has been there before
   * @throws Problem `conflict` where all of them are taken
   */
  async slotFor(manager: EntityManager, owner: Owner, keyId: string | null = null): Promise<number | null> {
    if (this.most === null) return null;
    const now = this.clock.now();
    const keys = { realm: this.realm, ownerType: owner.type, ownerId: owner.id };
    await manager
      .createQueryBuilder()
      .update(ApiKey)
      .set({ activeSlot: null })
      .where({ ...keys, activeSlot: Not(IsNull()) })
      .andWhere(new Brackets((ended) => ended.where('revoked_at IS NOT NULL').orWhere('expires_at <= :now', { now })))
      .execute();
    const unrevoked = await manager.find(ApiKey, {
      select: { id: true, activeSlot: true, expiresAt: true },
      where: { ...keys, revokedAt: IsNull() },
    });
    const others = unrevoked.filter(({ id, expiresAt }) => id !== keyId && (expiresAt === null || expiresAt > now));
    if (others.length >= this.most) throw conflict(MOST_REACHED(this.most));
    const taken = new Set(others.map(({ activeSlot }) => activeSlot));
    return Array.from({ length: this.most }, (_slot, i) => i + 1).find((slot) => !taken.has(slot))!;
  }

  /** The slot of a key that has been there before and is to last until `expiresAt`. While it was expired, others took its place. */
  async slotUntil(manager: EntityManager, { id, ownerType, ownerId }: ApiKey, expiresAt: Date | null): Promise<number | null> {
    if (!this.areLimited || (expiresAt !== null && expiresAt <= this.clock.now())) return null;
    const owner = { type: ownerType, id: ownerId };
    await this.lock(manager, owner);
    return this.slotFor(manager, owner, id);
  }

  private rowOf({ type, id }: Owner) {
    return { realm: this.realm, ownerType: type, ownerId: id };
  }
}

const MOST_REACHED = (most: number): string =>
  most === 1 ? 'There is an active API key already. Revoke it first.' : `There are ${most} active API keys already. Revoke one first.`;
