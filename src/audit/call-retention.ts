import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy, Optional } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Principal } from '../common';
import { daysOf, type RetentionDays } from './call-pruner';
import type { RetentionView } from './call-retention.dto';
import { CallRetentionRun } from './call-retention.entity';
import { CallStore } from './call-store';
import { CALL_DATABASE } from './call-terms';

/** How long calls are kept: by default, and in organizations that say otherwise. */
export interface RetentionTerms {
  readonly standard: RetentionDays;
  ofOrganizations(): Promise<ReadonlyMap<string, Partial<RetentionDays>>>;
}

export const RETENTION_TERMS = Symbol('keystile:retention-terms');

const STANDARD: RetentionTerms = { standard: { calls: 90, usage: 730 }, ofOrganizations: () => Promise.resolve(new Map()) };

const LOOK_MS = 10 * 60_000;

/** Sees to it that old calls and roll-ups are deleted, every hour and on one replica, and says when they were. */
@Injectable()
export class CallRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('CallLog');
  private readonly terms: RetentionTerms;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly store: CallStore,
    @Optional() @Inject(RETENTION_TERMS) terms?: RetentionTerms,
  ) {
    this.terms = terms ?? STANDARD;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tryRun(), LOOK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async show({ organizationId }: Principal): Promise<RetentionView> {
    const { calls, usage } = daysOf({ standard: this.terms.standard, exceptions: await this.terms.ofOrganizations() }, organizationId);
    const last = await this.database.manager.findOneBy(CallRetentionRun, { number: 1 });
    return {
      callLogDays: calls,
      usageDays: usage,
      lastStartedAt: last?.startedAt ?? null,
      lastFinishedAt: last?.finishedAt ?? null,
      removedCalls: last?.removedCalls ?? 0,
      removedUsage: last?.removedUsage ?? 0,
    };
  }

  /** @returns whether this replica did it: `false` where one has within the hour */
  async run(): Promise<boolean> {
    return this.store.prune({ standard: this.terms.standard, exceptions: await this.terms.ofOrganizations() });
  }

  private async tryRun(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn(`Old calls could not be deleted; trying again in an hour: ${String(error)}`);
    }
  }
}
