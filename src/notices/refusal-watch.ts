import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThanOrEqual } from 'typeorm';

import { AuditTrail, type CallObserver, type StoredCall } from '../audit';
import { type Clock, CLOCK, RecentlyUsed } from '../common';
import { KeyWatch } from '../keys';
import { inTransaction } from '../persistence';
import { claimNotice, systemActor } from './notice-claims';
import { BURST_WINDOW_MS, type Refusal, RefusalCounter } from './refusal-burst';
import { watchedCall } from './watched-call';

const PAUSE_MS = 3600 * 1000;
const MOST_REMEMBERED = 10_000;

/**
 * Writes an audit event when calls with a live key are refused in a burst (seed G13): a mistake in a deployment, or somebody who
 * tries what a key can do. Once an hour for each key. Each replica counts the calls that it answered.
 */
@Injectable()
export class RefusalWatch implements CallObserver {
  private readonly counter = new RefusalCounter();
  private readonly reportedAt = new RecentlyUsed<string, number>(MOST_REMEMBERED);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly keys: KeyWatch,
    private readonly audit: AuditTrail,
  ) {}

  async callsStored(calls: readonly StoredCall[]): Promise<void> {
    for (const finished of calls) {
      const call = watchedCall(finished);
      if (!call || call.refusedWith === null) continue;
      const burst = this.counter.add({ keyId: call.keyId, at: call.at, code: call.refusedWith });
      if (burst) await this.report(call.keyId, burst, call.requestId);
    }
  }

  private async report(keyId: string, burst: readonly Refusal[], requestId: string): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - (this.reportedAt.get(keyId) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return;
    await inTransaction(this.database, async (manager) => {
      const key = await this.keys.lock(manager, keyId);
      if (!key) return;
      const notice = { keyId, reason: 'refusal_burst', about: now, givenAt: now } as const;
      if (!(await claimNotice(manager, notice, LessThanOrEqual(new Date(now.getTime() - PAUSE_MS))))) return;
      await this.audit.record(manager, {
        organizationId: key.organizationId,
        actor: systemActor(requestId),
        action: 'api_key.refusal_burst',
        target: { type: 'api_key', id: keyId },
        after: {
          refusals: burst.length,
          withinSeconds: BURST_WINDOW_MS / 1000,
          codes: [...new Set(burst.map(({ code }) => code))].toSorted(),
        },
      });
    });
    this.reportedAt.set(keyId, now.getTime());
  }
}
