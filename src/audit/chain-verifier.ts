import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource, In, MoreThan } from 'typeorm';

import type { Principal } from '../common';
import { CHAIN_START, firstBrokenSequence, personalDigest } from './audit-chain';
import type { ChainVerificationView } from './audit-event.dto';
import { AuditEvent, AuditHead, AuditPersonal } from './audit-event.entity';
import { INSTALLATION } from './audit-trail';
import type { RecordScope } from './record-query.dto';
import { organizationOf } from './record-range';

const PAGE = 500;

interface Link {
  readonly sequence: number;
  readonly hash: string;
}

/** Checks that no event of a chain is missing or was changed, from the first to the newest. */
@Injectable()
export class ChainVerifier {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async verify(principal: Principal, scope: RecordScope | undefined): Promise<ChainVerificationView> {
    const organizationId = organizationOf(principal, scope) ?? INSTALLATION;
    // In this order: a change that commits in between moves both, and the head is never behind.
    const newest = await this.newestSequence(organizationId);
    const head = await this.head(organizationId);
    let last: Link = { sequence: 0, hash: CHAIN_START };
    while (last.sequence < head.sequence) {
      const events = await this.eventsAfter(organizationId, last.sequence, head.sequence);
      const broken = await this.firstBroken(events, last);
      if (broken !== null) return verdict(broken, head);
      last = events.at(-1)!;
      await nextTurn();
    }
    if (last.hash !== head.hash) return verdict(head.sequence, head);
    return verdict(newest > head.sequence ? head.sequence + 1 : null, head);
  }

  private async firstBroken(events: readonly AuditEvent[], last: Link): Promise<number | null> {
    const inChain = firstBrokenSequence(events, last);
    const inPersonal = await this.firstForgedPersonal(events);
    if (events.length === 0) return last.sequence + 1;
    return inChain === null || inPersonal === null ? (inChain ?? inPersonal) : Math.min(inChain, inPersonal);
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

  private async newestSequence(organizationId: string): Promise<number> {
    return (await this.database.manager.maximum(AuditEvent, 'sequence', { organizationId })) ?? 0;
  }

  private async head(organizationId: string): Promise<Link> {
    const head = await this.database.manager.findOneBy(AuditHead, { organizationId });
    return head ?? { sequence: 0, hash: CHAIN_START };
  }
}

const verdict = (firstBroken: number | null, { sequence, hash }: Link): ChainVerificationView => ({
  valid: firstBroken === null,
  checked: firstBroken ?? sequence,
  firstBrokenSequence: firstBroken,
  head: { sequence, hash },
});
