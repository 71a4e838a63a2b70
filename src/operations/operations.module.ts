import { type DynamicModule, type InjectionToken, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { HealthController } from './health.controller';
import { ANSWER_SECRETS, IdempotencyRecords } from './idempotency-records';
import { IdempotencySweep } from './idempotency-sweep';
import { IdempotencyInterceptor } from './idempotency.interceptor';
import { Metrics } from './metrics';
import { METRICS_TOKEN, MetricsController } from './metrics.controller';
import { NEEDED_DATABASES, Readiness } from './readiness';

export interface OperationsOptions {
  /** Encrypt the stored answers of repeatable requests; the first one is used for new answers, all of them open old ones. */
  readonly answerSecrets: readonly Buffer[];
  /** What `GET /metrics` asks for; `null` lets in callers of the same machine only. */
  readonly metricsToken: string | null;
  /** The data sources that have to answer before the service is ready. */
  readonly databases: ReadonlyArray<InjectionToken<DataSource>>;
}

/** Health, metrics and repeatable requests. */
@Module({})
export class OperationsModule {
  static forRoot({ answerSecrets, metricsToken, databases }: OperationsOptions): DynamicModule {
    return {
      module: OperationsModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: ANSWER_SECRETS, useValue: answerSecrets },
        { provide: METRICS_TOKEN, useValue: metricsToken },
        { provide: NEEDED_DATABASES, inject: [...databases], useFactory: (...sources: DataSource[]) => sources },
        IdempotencyRecords,
        IdempotencySweep,
        Metrics,
        Readiness,
        IdempotencyInterceptor,
      ],
      exports: [IdempotencyRecords, Metrics, Readiness],
    };
  }
}
