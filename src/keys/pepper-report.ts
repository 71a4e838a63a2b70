import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK, KEY_REALM } from '../common';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';

const RECENT_MS = 30 * 24 * 3_600_000;

/** How many secrets still need a pepper. */
export interface PepperStanding {
  readonly id: string;
  /** `newest` makes new digests, `known` is recognized, `missing` is not set: its secrets are refused. */
  readonly role: 'newest' | 'known' | 'missing';
  /** Secrets that would be let in: of keys that are not revoked or expired, and not retired themselves. */
  readonly live: number;
  /** Of those, how many were used within 30 days. */
  readonly usedLately: number;
  readonly lastUsedAt: Date | null;
}

/** Tells how far a change of the pepper has come. */
@Injectable()
export class PepperReport {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly digests: Digests,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  /** Every pepper that is set, in that order, and then those that are missing. */
  async read(): Promise<readonly PepperStanding[]> {
    const counted = await this.count();
    const set = this.digests.pepperIds;
    const missing = [...counted.keys()].filter((id) => !set.includes(id));
    return [...set, ...missing].map((id, i) => ({
      id,
      role: i === 0 && set.length > 0 ? 'newest' : i < set.length ? 'known' : 'missing',
      ...(counted.get(id) ?? { live: 0, usedLately: 0, lastUsedAt: null }),
    }));
  }

  private async count(): Promise<Map<string, Pick<PepperStanding, 'live' | 'usedLately' | 'lastUsedAt'>>> {
    const now = this.clock.now();
    const rows = await this.database
      .getRepository(ApiKeyCredential)
      .createQueryBuilder('credential')
      .select('credential.pepperId', 'id')
      .addSelect('COUNT(*)', 'live')
      .addSelect('SUM(CASE WHEN credential.lastUsedAt >= :recently THEN 1 ELSE 0 END)', 'lately')
      .addSelect('MAX(credential.lastUsedAt)', 'last')
      .innerJoin(ApiKey, 'api_key', 'api_key.id = credential.keyId AND api_key.realm = :realm', { realm: this.realm })
      .where('credential.pepperId IS NOT NULL AND api_key.revokedAt IS NULL')
      .andWhere('(api_key.expiresAt IS NULL OR api_key.expiresAt > :now)')
      .andWhere("(credential.state = 'active' OR (credential.state = 'retiring' AND credential.retiresAt > :now))")
      .setParameters({ now, recently: new Date(now.getTime() - RECENT_MS) })
      .groupBy('credential.pepperId')
      .getRawMany<{ id: string; live: unknown; lately: unknown; last: Date | string | null }>();
    return new Map(
      rows.map(({ id, live, lately, last }) => [id, { live: Number(live), usedLately: Number(lately), lastUsedAt: timeOf(last) }]),
    );
  }
}

/** SQLite gives times as text, in UTC. */
const timeOf = (time: Date | string | null): Date | null => (typeof time === 'string' ? new Date(`${time.replace(' ', 'T')}Z`) : time);
