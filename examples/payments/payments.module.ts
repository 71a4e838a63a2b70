import { type DynamicModule, Module } from '@nestjs/common';
import { type Clock, KeystileModule, PatternKeyFormat, type ScopeDescriptions } from 'keystile';
import { DataSource } from 'typeorm';

import { Accounts } from './accounts';
import { ApiKeyController, SecurityEventController } from './api-keys.controller';
import { CardNetwork } from './card-network';
import { ChargeController } from './charges.controller';
import { Charges } from './charges.service';
import { Diagnosis } from './diagnosis';
import { DocsController } from './docs.controller';
import { refusals } from './refusals';
import { SecurityEvents } from './security-events';
import { SessionController } from './session.controller';
import { SettingsController } from './settings.controller';
import { UnitOfWork } from './unit-of-work';
import { UserController } from './users.controller';
import { Users } from './users.service';

const SK = new PatternKeyFormat({
  prefix: { live: 'sk_live_', test: 'sk_test_' },
  lookupLength: 8,
  secretLength: 32,
  alphabet: 'base62',
});

const SCOPES: ScopeDescriptions = {
  'user.read': { description: 'See users' },
  'user.create': { description: 'Create users' },
  'user.update': { description: 'Change users' },
  'user.delete': { description: 'Delete users' },
  'charge.read': { description: 'See charges' },
  'charge.create': { description: 'Charge cards' },
  'security_event.read': { description: 'See what was noticed about live keys' },
};

export interface PaymentsOptions {
  readonly database: DataSource;
  /** At least 32 bytes, kept outside the database. */
  readonly pepper: Buffer;
  /** The card network's address. */
  readonly cardNetwork: string;
  readonly clock?: Clock;
  readonly trustedProxies?: readonly string[];
}

@Module({})
export class PaymentsModule {
  static with({ database, pepper, cardNetwork, clock, trustedProxies = [] }: PaymentsOptions): DynamicModule {
    const people: DynamicModule = {
      module: People,
      global: true,
      providers: [Accounts, { provide: DataSource, useValue: database }],
      exports: [Accounts, DataSource],
    };
    const keys = KeystileModule.forRootAsync({
      imports: [people],
      inject: [Accounts],
      conventions: 'all',
      useFactory: (accounts: Accounts) => ({
        database,
        owners: accounts,
        peppers: [{ id: 'p1', secret: pepper }],
        formats: [SK] as const,
        permissionSource: 'full-access' as const,
        keySources: ['bearer'] as const,
        tokenSources: ['header'] as const,
        unauthorizedClass: 'one' as const,
        browsers: true,
        problems: refusals,
        scopes: SCOPES,
        issuer: 'payments',
        trustedProxies,
        ...(clock ? { clock } : {}),
      }),
    });
    return {
      module: PaymentsModule,
      imports: [people, keys],
      controllers: [
        UserController,
        ChargeController,
        ApiKeyController,
        SecurityEventController,
        SessionController,
        SettingsController,
        DocsController,
      ],
      providers: [Users, Charges, UnitOfWork, Diagnosis, SecurityEvents, { provide: CardNetwork, useValue: new CardNetwork(cardNetwork) }],
    };
  }
}

@Module({})
class People {}
