import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Between, DataSource, type EntityManager, In, MoreThan } from 'typeorm';

import type { Principal } from '../common';
import { CHAIN_START, firstBrokenSequence, personalDigest } from './audit-chain';
import type { ChainVerificationView } from './audit-event.dto';
import { AuditEvent, AuditHead, AuditPersonal } from './audit-event.entity';
import { INSTALLATION } from './audit-trail';
import { checkSignature, publicPart } from './checkpoint';
import { AuditCheckpoint } from './checkpoint.entity';
import { CHECKPOINT_OPTIONS, type CheckpointOptions } from './checkpoint-options';
import type { RecordScope } from './record-query.dto';
import { organizationOf } from './record-range';

const PAGE = 500;

/** An event of a chain, as the next one names it. */
export interface Link {
  readonly sequence: number;
  readonly hash: string;
}

/** What comes before the first event. */
export const NO_EVENT: Link = { sequence: 0, hash: CHAIN_START };

/** What came of going over a chain. */
export interface CheckedChain {
  readonly head: Link;
  /** The first event that is missing, was changed or does not follow from the one before it. */
  readonly firstBroken: number | null;
}

/** Checks that no event of a chain is missing or was changed, and that it is what was signed. */
@Injectable()
export class ChainVerifier {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CHECKPOINT_OPTIONS) private readonly options: CheckpointOptions,
  ) {}

  /** From the first event to the newest. */
  async verify(principal: Principal, scope: RecordScope | undefined): Promise<ChainVerificationView> {
    const organizationId = organizationOf(principal, scope) ?? INSTALLATION;
    const { head, firstBroken } = await this.check(this.database.manager, organizationId, NO_EVENT);
    return {
      valid: firstBroken === null,
      checked: Math.max(0, firstBroken ?? head.sequence),
      firstBrokenSequence: firstBroken,
      fault: firstBroken === null ? null : await this.faultOf(organizationId, firstBroken, head),
      head: { sequence: head.sequence, hash: head.hash },
    };
  }

  private async faultOf(organizationId: string, sequence: number, head: Link): Promise<'missing' | 'altered' | 'added'> {
    if (sequence < 1) return 'added';
    const { manager } = this.database;
    const isBehind = sequence > head.sequence;
    const isThere = await manager.existsBy(AuditEvent, { organizationId, sequence: isBehind ? MoreThan(head.sequence) : sequence });
    if (!isThere) return 'missing';
    return isBehind ? 'added' : 'altered';
  }

  /** From what follows an event that is known to be whole, to the newest. */
  async check(manager: EntityManager, organizationId: string, after: Link): Promise<CheckedChain> {
    // In this order: a change that commits in between moves both, and the head is never behind.
    const newest = await newestSequence(manager, AuditEvent, organizationId);
    const signed = await newestSequence(manager, AuditCheckpoint, organizationId);
    const head = readable(await manager.findOneBy(AuditHead, { organizationId }));
    const oldest = (await manager.minimum(AuditEvent, 'sequence', { organizationId })) ?? 1;
    if (oldest < 1) return { head, firstBroken: oldest };
    let last = after;
    while (last.sequence < head.sequence) {
      const events = await eventsBetween(manager, organizationId, last, head);
      const firstBroken = await this.firstBroken(manager, events, last);
      if (firstBroken !== null) return { head, firstBroken };
      last = events.at(-1)!;
      await nextTurn();
    }
    if (last.sequence === head.sequence && last.hash !== head.hash) return { head, firstBroken: head.sequence };
    // Not the other way round: what is no number is not greater.
    return { head, firstBroken: Math.max(newest, signed) <= head.sequence ? null : head.sequence + 1 };
  }

  private async firstBroken(manager: EntityManager, events: readonly AuditEvent[], last: Link): Promise<number | null> {
    const inChain = firstBrokenSequence(events, last);
    if (events.length === 0) return last.sequence + 1;
    const found = [inChain, await firstForgedPersonal(manager, events), await this.firstUnlikeSigned(manager, events)].filter(
      (one) => one !== null,
    );
    return found.length > 0 ? Math.min(...found) : null;
  }

  /** What was signed must still be there, and signatures must be true as far as their keys are known. */
  private async firstUnlikeSigned(manager: EntityManager, events: readonly AuditEvent[]): Promise<number | null> {
    const [first, last] = [events[0]!, events.at(-1)!];
    const hashes = new Map(events.map(({ sequence, hash }) => [sequence, hash]));
    const signed = await manager.find(AuditCheckpoint, {
      where: { organizationId: first.organizationId, sequence: Between(first.sequence, last.sequence) },
      order: { sequence: 'ASC' },
    });
    const keys = this.options.signingKeys.map(publicPart);
    const unlike = signed.find((one) => hashes.get(one.sequence) !== one.hash || checkSignature(one, keys) === 'bad');
    return unlike?.sequence ?? null;
  }
}

/** Personal fields may be erased, but not changed. */
async function firstForgedPersonal(manager: EntityManager, events: readonly AuditEvent[]): Promise<number | null> {
  const rows = await manager.findBy(AuditPersonal, { eventId: In(events.map(({ id }) => id)) });
  const digests = new Map(rows.map(({ eventId, salt, fields }) => [eventId, personalDigest(salt, fields)]));
  const forged = events.find((event) => digests.has(event.id) && digests.get(event.id) !== event.personalDigest);
  return forged?.sequence ?? null;
}

async function eventsBetween(manager: EntityManager, organizationId: string, after: Link, until: Link): Promise<AuditEvent[]> {
  const events = await manager.find(AuditEvent, {
    where: { organizationId, sequence: MoreThan(after.sequence) },
    order: { sequence: 'ASC' },
    take: PAGE,
  });
  return events.filter(({ sequence }) => sequence <= until.sequence);
}

/** A head that names no event is as good as none: then whatever there is stands behind it. */
const readable = (head: AuditHead | null): Link => (head && Number.isSafeInteger(head.sequence) ? head : NO_EVENT);

/**
 * 0 where there is none, and NaN where somebody has put in a text: SQLite takes one for greater than every number. TypeORM's `maximum`
 * makes a number of its first digits.
 */
export async function newestSequence(
  manager: EntityManager,
  entity: typeof AuditEvent | typeof AuditCheckpoint,
  organizationId: string,
): Promise<number> {
  const found = await manager
    .createQueryBuilder<AuditEvent | AuditCheckpoint>(entity, 'record')
    .select('MAX(record.sequence)', 'newest')
    .where({ organizationId })
    .getRawOne<{ newest: string | number | null }>();
  const text = String(found?.newest ?? 0);
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
