import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Between, DataSource, In, MoreThan } from 'typeorm';

import type { Principal } from '../common';
import { CHAIN_START, firstBrokenSequence, personalDigest } from './audit-chain';
import type { ChainVerificationView } from './audit-event.dto';
import { AuditEvent, AuditHead, AuditPersonal } from './audit-event.entity';
import { INSTALLATION } from './audit-trail';
import { checkSignature } from './checkpoint';
import { AuditCheckpoint } from './checkpoint.entity';
import { Checkpoints } from './checkpoint.service';
import type { RecordScope } from './record-query.dto';
import { organizationOf } from './record-range';

const PAGE = 500;

interface Link {
  readonly sequence: number;
  readonly hash: string;
}

/** Checks that no event of a chain is missing or was changed, from the first to the newest, and that it is what was signed. */
@Injectable()
export class ChainVerifier {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly checkpoints: Checkpoints,
  ) {}

  async verify(principal: Principal, scope: RecordScope | undefined): Promise<ChainVerificationView> {
    const organizationId = organizationOf(principal, scope) ?? INSTALLATION;
    // In this order: a change that commits in between moves both, and the head is never behind.
    const newest = await this.newestSequence(AuditEvent, organizationId);
    const signed = await this.newestSequence(AuditCheckpoint, organizationId);
    const head = await this.head(organizationId);
    const oldest = (await this.database.manager.minimum(AuditEvent, 'sequence', { organizationId })) ?? 1;
    if (oldest < 1) return verdict(oldest, head);
    let last: Link = { sequence: 0, hash: CHAIN_START };
    while (last.sequence < head.sequence) {
      const events = await this.eventsAfter(organizationId, last.sequence, head.sequence);
      const broken = await this.firstBroken(events, last);
      if (broken !== null) return verdict(broken, head);
      last = events.at(-1)!;
      await nextTurn();
    }
    if (last.hash !== head.hash) return verdict(head.sequence, head);
    return verdict(Math.max(newest, signed) > head.sequence ? head.sequence + 1 : null, head);
  }

  private async firstBroken(events: readonly AuditEvent[], last: Link): Promise<number | null> {
    const inChain = firstBrokenSequence(events, last);
    if (events.length === 0) return last.sequence + 1;
    const found = [inChain, await this.firstForgedPersonal(events), await this.firstUnlikeSigned(events)].filter((one) => one !== null);
    return found.length > 0 ? Math.min(...found) : null;
  }

  /** What was signed must still be there, and signatures must be true as far as their keys are known. */
  private async firstUnlikeSigned(events: readonly AuditEvent[]): Promise<number | null> {
    const [first, last] = [events[0]!, events.at(-1)!];
    const hashes = new Map(events.map(({ sequence, hash }) => [sequence, hash]));
    const signed = await this.database.manager.find(AuditCheckpoint, {
      where: { organizationId: first.organizationId, sequence: Between(first.sequence, last.sequence) },
      order: { sequence: 'ASC' },
    });
    const keys = this.checkpoints.publicKeys;
    const unlike = signed.find((one) => hashes.get(one.sequence) !== one.hash || checkSignature(one, keys) === 'bad');
    return unlike?.sequence ?? null;
  }

  /** Personal fields may be erased, but not changed. */
  private async firstForgedPersonal(events: readonly AuditEvent[]): Promise<number | null> {
    const rows = await this.database.manager.findBy(AuditPersonal, { eventId: In(events.map(({ id }) => id)) });
    const digests = new Map(rows.map(({ eventId, salt, fields }) => [eventId, personalDigest(salt, fields)]));
    const forged = events.find((event) => digests.has(event.id) && digests.get(event.id) !== event.personalDigest);
    return forged?.sequence ?? null;
  }

  private async eventsAfter(organizationId: string, after: number, until: number): Promise<AuditEvent[]> {
    const events = await this.database.manager.find(AuditEvent, {
      where: { organizationId, sequence: MoreThan(after) },
      order: { sequence: 'ASC' },
      take: PAGE,
    });
    return events.filter(({ sequence }) => sequence <= until);
  }

  private async newestSequence(entity: typeof AuditEvent | typeof AuditCheckpoint, organizationId: string): Promise<number> {
    return (await this.database.manager.maximum<AuditEvent | AuditCheckpoint>(entity, 'sequence', { organizationId })) ?? 0;
  }

  private async head(organizationId: string): Promise<Link> {
    const head = await this.database.manager.findOneBy(AuditHead, { organizationId });
    return head ?? { sequence: 0, hash: CHAIN_START };
  }
}

const verdict = (firstBroken: number | null, { sequence, hash }: Link): ChainVerificationView => ({
  valid: firstBroken === null,
  checked: Math.max(0, firstBroken ?? sequence),
  firstBrokenSequence: firstBroken,
  head: { sequence, hash },
});
