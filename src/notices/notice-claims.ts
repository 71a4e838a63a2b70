import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type FindOperator, In, Not } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { type Clock, CLOCK, type Owner } from '../common';
import { KeyWatch, type WatchedKey } from '../keys';
import { inTransaction, isDuplicate } from '../persistence';
import type { DateNotice } from './date-notices';
import { KeyNotice } from './key-notice.entity';

/** A key that there is news about, with what people recognize it by. */
export interface NamedKey extends WatchedKey {
  readonly prefix: string;
}

export const ownerOf = ({ ownerType, ownerId }: WatchedKey): Owner => ({ type: ownerType, id: ownerId });

/** The service itself; `requestId` names the call that gave rise to it. */
export const systemActor = (requestId: string | null = null): Actor => ({ type: 'system', id: null, requestId, ip: null });

/**
 * Makes a notice this transaction's, unless it has been given.
 * @param again which earlier notice of that reason is no hindrance
 */
export async function claimNotice(
  manager: EntityManager,
  { keyId, reason, about, givenAt }: KeyNotice,
  again: FindOperator<Date>,
): Promise<boolean> {
  const { affected } = await manager.update(KeyNotice, { keyId, reason, about: again }, { about, givenAt });
  if (affected === 1) return true;
  try {
    await manager.insert(KeyNotice, { keyId, reason, about, givenAt });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/**
 * Gives the notices that dates of keys call for, each once, however many replicas try. The row of the notice and the audit event
 * are one transaction: a process that is killed gives both, or leaves both to the next.
 */
@Injectable()
export class NoticeClaims {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly keys: KeyWatch,
    private readonly audit: AuditTrail,
  ) {}

  /** Those of the keys that are due and have not been told about. */
  async due(notice: DateNotice, keys: readonly WatchedKey[]): Promise<WatchedKey[]> {
    const { reason, date } = notice;
    const due = keys.filter((key) => notice.isDue(key, this.clock.now()));
    if (due.length === 0) return [];
    const given = await this.database.manager.findBy(KeyNotice, { keyId: In(due.map(({ id }) => id)), reason });
    const about = new Map(given.map((row) => [row.keyId, row.about.getTime()]));
    return due.filter((key) => about.get(key.id) !== key[date]?.getTime());
  }

  /** @returns the key; `undefined` where it is no longer due, or somebody else was faster */
  async give(notice: DateNotice, keyId: string): Promise<NamedKey | undefined> {
    const { reason, action, date } = notice;
    return inTransaction(this.database, async (manager) => {
      const key = await this.keys.lock(manager, keyId);
      const about = key?.[date];
      const givenAt = this.clock.now();
      if (!key || !about || !notice.isDue(key, givenAt)) return undefined;
      if (!(await claimNotice(manager, { keyId, reason, about, givenAt }, Not(about)))) return undefined;
      const prefix = await this.keys.prefixOf(manager, keyId);
      await this.audit.record(manager, {
        organizationId: key.organizationId,
        actor: systemActor(),
        action,
        target: { type: 'api_key', id: keyId },
        after: notice.facts(key),
      });
      return { ...key, prefix };
    });
  }
}
