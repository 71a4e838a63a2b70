import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { IdempotencyRecords } from './idempotency-records';

const HOUR_MS = 60 * 60 * 1_000;

/** Deletes expired records every hour: their answers may hold secrets, encrypted or not. */
@Injectable()
export class IdempotencySweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Idempotency');
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(IdempotencyRecords) private readonly records: IdempotencyRecords) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), HOUR_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    try {
      await this.records.deleteExpired();
    } catch (error) {
      this.logger.warn(`Expired records could not be deleted; trying again in an hour: ${String(error)}`);
    }
  }
}
