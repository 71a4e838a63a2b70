import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Call, type Clock, CLOCK } from '../common';
import { inTransaction } from '../persistence';
import type { KeyFormat } from './key-format';
import { KEY_FORMAT, KeyVerifier } from './key-verifier';
import { targetOf } from './key-row';

const PAUSE_MS = 3600 * 1000;
const MOST_REMEMBERED = 10_000;
/** One URL is not worth more look-ups than this. */
const MOST_CANDIDATES = 3;

/** Reports keys that stand in URLs, where proxies, histories and logs keep them (seed C27): one event per key and hour. */
@Injectable()
export class ExposureReport {
  private readonly reported = new Map<string, number>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_FORMAT) private readonly format: KeyFormat,
    private readonly verifier: KeyVerifier,
    private readonly audit: AuditTrail,
  ) {}

  /** @param query of the URL, with or without `?` */
  async report(query: string, call: Call): Promise<void> {
    const candidates = [...new URLSearchParams(query).values()].filter((value) => this.format.parse(value) !== undefined);
    for (const token of candidates.slice(0, MOST_CANDIDATES)) {
      const found = await this.verifier.find(token);
      if (found && this.isNews(found.key.id)) await this.record(found.key.id, found.key.organizationId, found.credential.prefix, call);
    }
  }

  private async record(keyId: string, organizationId: string, prefix: string, { requestId, ip, method, path }: Call): Promise<void> {
    const actor = { type: 'anonymous', id: null, requestId, ip } as const;
    await inTransaction(this.database, (manager) =>
      this.audit.record(manager, {
        organizationId,
        actor,
        action: 'api_key.exposed_in_url',
        target: targetOf(keyId),
        after: { prefix, method, path },
      }),
    );
  }

  private isNews(keyId: string): boolean {
    const now = this.clock.now().getTime();
    if (now - (this.reported.get(keyId) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return false;
    if (this.reported.size >= MOST_REMEMBERED) this.reported.clear();
    this.reported.set(keyId, now);
    return true;
  }
}
