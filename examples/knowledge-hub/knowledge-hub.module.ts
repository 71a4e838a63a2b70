import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type Clock, KeystileModule, keystileEntities, migrateKeystile, systemClock } from 'keystile';
import { DataSource } from 'typeorm';

import { AccountController } from './account.controller';
import { Accounts, HubOwners, RATE_LIMIT } from './accounts';
import { CardController } from './card.controller';
import { Cards } from './cards';
import { HUB_DASHBOARD, HUB_RULES } from './hub-rules';
import { createHubTables, hubEntities } from './hub.entity';
import { KeysOpenCardsGuard } from './keys-open-cards.guard';
import { PageController } from './page.controller';

export interface KnowledgeHubOptions {
  /** With `knowledgeHubEntities`, after `prepareKnowledgeHub(database)`. */
  readonly database: DataSource;
  /** Kept outside the database (K10). The first one is used for new keys; one that has been replaced stays behind it. */
  readonly peppers: ReadonlyArray<{ readonly id: string; readonly secret: Buffer }>;
  readonly clock?: Clock;
  /** Of each key. Default: 120 calls a minute. */
  readonly rateLimit?: { readonly limit: number; readonly windowSeconds: number };
}

export const knowledgeHubEntities = [...hubEntities, ...keystileEntities];

export async function prepareKnowledgeHub(database: DataSource): Promise<void> {
  await migrateKeystile(database);
  await createHubTables(database);
}

@Module({})
export class KnowledgeHubModule {
  static forRoot({
    database,
    peppers,
    clock = systemClock,
    rateLimit = { limit: 120, windowSeconds: 60 },
  }: KnowledgeHubOptions): DynamicModule {
    const people: DynamicModule = {
      module: HubPeople,
      providers: [HubOwners, { provide: DataSource, useValue: database }, { provide: RATE_LIMIT, useValue: rateLimit }],
      exports: [HubOwners, DataSource, RATE_LIMIT],
    };
    return {
      module: KnowledgeHubModule,
      imports: [
        people,
        KeystileModule.forRootAsync({
          imports: [people],
          inject: [HubOwners],
          conventions: 'all',
          api: true,
          dashboard: HUB_DASHBOARD,
          useFactory: (owners: HubOwners) => ({ ...HUB_RULES, database, owners, peppers, clock }),
        }),
      ],
      controllers: [AccountController, CardController, PageController],
      providers: [Accounts, Cards, { provide: APP_GUARD, useClass: KeysOpenCardsGuard }],
    };
  }
}

/** Who owns keys; apart, because the keys ask it. */
@Module({})
class HubPeople {}
