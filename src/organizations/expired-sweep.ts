import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThan } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { Invitation } from './invitation.entity';
import { OneTimeToken } from './one-time-token.entity';
import { Session } from './session.entity';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Few enough that nobody waits for the statement. */
const BATCH = 1_000;

/** How many days after its expiry a row is deleted, whether it was used, ended or let expire. */
const KEPT = [
  { entity: Session, days: 30 },
  { entity: OneTimeToken, days: 30 },
  { entity: Invitation, days: 90 },
] as const;

/** Deletes, every hour, sessions, one-time links and invitations that expired long ago. What became of them is in the audit trail. */
@Injectable()
export class ExpiredSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('ExpiredSweep');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tryRun(), HOUR_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** On several replicas at once one of them deletes each row. @returns how many this one deleted */
  async run(): Promise<number> {
    let deleted = 0;
    for (const { entity, days } of KEPT) deleted += await this.sweep(entity, new Date(this.clock.now().getTime() - days * DAY_MS));
    return deleted;
  }

  private async sweep(entity: (typeof KEPT)[number]['entity'], before: Date): Promise<number> {
    const { manager } = this.database;
    let deleted = 0;
    for (;;) {
      const rows = await manager.find(entity, { select: { id: true }, where: { expiresAt: LessThan(before) }, take: BATCH });
      if (rows.length === 0) return deleted;
      const { affected } = await manager.delete(entity, { id: In(rows.map(({ id }) => id)), expiresAt: LessThan(before) });
      deleted += affected ?? 0;
    }
  }

  private async tryRun(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      this.logger.warn(`What expired long ago could not be deleted; trying again in an hour: ${String(error)}`);
    }
  }
}
