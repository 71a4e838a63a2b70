import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { hostname } from 'node:os';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { given, type ModuleParts, type OptionsFactory, provideOptions } from '../permissions';
import { EffectInterceptor } from './effect.interceptor';
import { Effects } from './effects';
import { type Epoch, EPOCH } from './epoch';
import { FRESHNESS } from './freshness';
import { LocalEpoch } from './local-epoch';
import { REDIS, RedisConnection } from './redis';
import { ReplicaController } from './replica.controller';
import { SharedEpoch } from './shared-epoch';

export interface CoordinationOptions {
  /** Default: replicas agree by the database alone. */
  readonly redisUrl?: string;
  /** The name of this process for people. Default: the host's. */
  readonly replica?: string;
}

const COORDINATION_OPTIONS = Symbol('keystile:coordination-options');

/** Lets go of Redis when everything that may ask it has ended. */
@Injectable()
class RedisLifetime implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly redis: RedisConnection | null) {}

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}

/** SQLite is one process. */
const epochOf = (
  database: DataSource,
  clock: Clock,
  redis: RedisConnection | null,
  effects: Effects,
  { replica = hostname() }: CoordinationOptions,
): Epoch =>
  database.options.type === 'better-sqlite3' ? new LocalEpoch(effects) : new SharedEpoch({ database, clock, redis, effects, replica });

/**
 * Keeps what processes remember in step with the database. The host provides, globally or by `imports`, `DataSource` and `CLOCK`.
 * Import it after the module whose interceptor stores answers, `OperationsModule`.
 */
@Module({})
export class CoordinationModule {
  static forRoot(options: CoordinationOptions = {}): DynamicModule {
    return CoordinationModule.forRootAsync(given(options));
  }

  static forRootAsync(options: OptionsFactory<CoordinationOptions>, { api = true }: ModuleParts = {}): DynamicModule {
    return {
      module: CoordinationModule,
      global: true,
      imports: options.imports ?? [],
      controllers: api ? [ReplicaController] : [],
      providers: [
        provideOptions(COORDINATION_OPTIONS, options),
        {
          provide: REDIS,
          inject: [COORDINATION_OPTIONS],
          useFactory: ({ redisUrl }: CoordinationOptions) => (redisUrl === undefined ? null : new RedisConnection(redisUrl)),
        },
        Effects,
        { provide: EPOCH, inject: [DataSource, CLOCK, REDIS, Effects, COORDINATION_OPTIONS], useFactory: epochOf },
        { provide: FRESHNESS, useExisting: EPOCH },
        EffectInterceptor,
        RedisLifetime,
      ],
      exports: [EPOCH, FRESHNESS, REDIS],
    };
  }
}
