import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type Clock, KeystileModule, PatternKeyFormat, type ScopeDescriptions } from 'keystile';
import { DataSource } from 'typeorm';

import { OrganizationKeysGuard } from '../organization-keys.guard';
import { Accounts } from './accounts';
import { ApiKeyController, SecurityEventController } from './api-keys.controller';
import { CardNetwork } from './card-network';
import { ChargeController } from './charges.controller';
import { Charges } from './charges.service';
import { Diagnosis } from './diagnosis';
import { DocsController } from './docs.controller';
import { KEYSTILE_PREFIX } from './keystile-prefix';
import { LiveKeysGuard } from './live-keys.guard';
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
      api: { prefix: KEYSTILE_PREFIX },
      dashboard: {
        signIn: '/settings/api-keys',
        labels: {
          product: 'Payments',
          keysSection: 'Settings',
          aboutKeys:
            'DANGER: API keys provide full access to your account. Keep them secure and never expose them in client-side code or public repositories.',
          createKey: 'Create New API Key',
          liveKeys: 'Use in production. Real transactions and data.',
          testKeys: 'Use for development and testing. No charges are made. Data is not persisted.',
        },
        keyOwner: 'organization',
        scopes: false,
        firstCall: '/v1/users/usr_123',
      },
      useFactory: (accounts: Accounts) => ({
        database,
        owners: accounts,
        peppers: [{ id: 'p1', secret: pepper }],
        formats: [SK] as const,
        permissionSource: 'full-access' as const,
        keySources: ['bearer'] as const,
        tokenSources: ['header', 'cookie'] as const,
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
      providers: [
        Users,
        Charges,
        UnitOfWork,
        Diagnosis,
        SecurityEvents,
        { provide: CardNetwork, useValue: new CardNetwork(cardNetwork) },
        { provide: APP_GUARD, useValue: new LiveKeysGuard(`/${KEYSTILE_PREFIX}/`) },
        { provide: APP_GUARD, useValue: new OrganizationKeysGuard(`/${KEYSTILE_PREFIX}/v1/api-keys`) },
      ],
    };
  }
}

@Module({})
class People {}
