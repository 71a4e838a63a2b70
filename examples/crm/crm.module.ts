import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type Clock, KeystileModule, PatternKeyFormat, type ScopeDescriptions } from 'keystile';
import { DataSource } from 'typeorm';

import { OrganizationKeysGuard } from '../organization-keys.guard';
import { AdminController } from './admin.controller';
import { ApiKeyController } from './api-keys.controller';
import { ClientController } from './clients.controller';
import { Clients } from './clients.service';
import { DocsController, PageVotes } from './docs.controller';
import { InvoiceController } from './invoices.controller';
import { Invoices } from './invoices.service';
import { SessionController } from './session.controller';
import { Staff } from './staff';

/** 64 hexadecimal characters: the first 12 find the key, the other 208 bits are nobody else's business. */
const HEX_64 = new PatternKeyFormat({ lookupLength: 12, secretLength: 52, alphabet: 'hex' });

const SCOPES: ScopeDescriptions = {
  'client.read': { description: 'See clients' },
  'client.create': { description: 'Create clients' },
  'client.update': { description: 'Change clients' },
  'client.delete': { description: 'Delete clients without invoices' },
  'invoice.read': { description: 'See invoices' },
  'invoice.create': { description: 'Create invoices' },
  'invoice.update': { description: 'Change invoices' },
  'invoice.delete': { description: 'Delete invoices' },
};

export interface CrmOptions {
  readonly database: DataSource;
  /** At least 32 bytes, kept outside the database. */
  readonly pepper: Buffer;
  readonly clock?: Clock;
}

@Module({})
export class CrmModule {
  static with({ database, pepper, clock }: CrmOptions): DynamicModule {
    const people: DynamicModule = {
      module: People,
      global: true,
      providers: [Staff, { provide: DataSource, useValue: database }],
      exports: [Staff, DataSource],
    };
    const keys = KeystileModule.forRootAsync({
      imports: [people],
      inject: [Staff],
      conventions: 'all',
      api: true,
      dashboard: {
        signIn: '/admin/api-keys',
        labels: { product: 'CRM', keysSection: 'Admin' },
        keyOwner: 'organization',
        testKeys: false,
        firstCall: '/api/v1/clients',
      },
      useFactory: (staff: Staff) => ({
        database,
        owners: staff,
        peppers: [{ id: 'p1', secret: pepper }],
        formats: [HEX_64] as const,
        permissionSource: 'route-derived' as const,
        resourceNaming: 'both' as const,
        scopes: SCOPES,
        issuer: 'crm',
        ...(clock ? { clock } : {}),
      }),
    });
    return {
      module: CrmModule,
      imports: [people, keys],
      controllers: [ClientController, InvoiceController, ApiKeyController, SessionController, AdminController, DocsController],
      providers: [Clients, Invoices, PageVotes, { provide: APP_GUARD, useValue: new OrganizationKeysGuard('/v1/api-keys') }],
    };
  }
}

@Module({})
class People {}
