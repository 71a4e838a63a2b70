import { type DynamicModule, Module } from '@nestjs/common';
import { type Clock, KeystileModule, type KeystileOptions, keystileEntities, migrateKeystile, systemClock } from 'keystile';
import { DataSource } from 'typeorm';

import { ApiKeyController } from './api-key.controller';
import { ChatbotController } from './chatbot.controller';
import { ContactController } from './contact.controller';
import { Contacts } from './contacts';
import { DocsController } from './docs.controller';
import { createManagerTables, managerEntities } from './manager.entity';
import { MANAGER_DASHBOARD, MANAGER_RULES } from './manager-rules';
import { Outreach } from './outreach';
import { OutreachController } from './outreach.controller';
import { People } from './people';
import { PeopleController } from './people.controller';
import { SignInController } from './sign-in.controller';

export interface WhatsappManagerOptions {
  /** With `whatsappManagerEntities`, after `prepareWhatsappManager(database)`. */
  readonly database: DataSource;
  readonly peppers: KeystileOptions['peppers'];
  readonly clock?: Clock;
  /** Whether keys are also taken as `Authorization: Bearer`, of which the document says nothing. Default `false`. */
  readonly takesBearerKeys?: boolean;
}

export const whatsappManagerEntities = [...managerEntities, ...keystileEntities];

export async function prepareWhatsappManager(database: DataSource): Promise<void> {
  await migrateKeystile(database);
  await createManagerTables(database);
}

@Module({})
export class WhatsappManagerModule {
  static forRoot({ database, peppers, clock = systemClock, takesBearerKeys = false }: WhatsappManagerOptions): DynamicModule {
    const people: DynamicModule = {
      module: ManagerPeople,
      providers: [People, { provide: DataSource, useValue: database }],
      exports: [People, DataSource],
    };
    const keys = KeystileModule.forRootAsync({
      imports: [people],
      inject: [People],
      conventions: 'all',
      api: true,
      dashboard: MANAGER_DASHBOARD,
      useFactory: (owners: People) => ({
        ...MANAGER_RULES,
        ...(takesBearerKeys ? { keySources: ['x-api-key', 'bearer'] } : {}),
        database,
        owners,
        peppers,
        clock,
      }),
    });
    return {
      module: WhatsappManagerModule,
      imports: [people, keys],
      controllers: [
        PeopleController,
        SignInController,
        ApiKeyController,
        ContactController,
        OutreachController,
        ChatbotController,
        DocsController,
      ],
      providers: [Contacts, Outreach],
    };
  }
}

/** Who owns keys; apart, because the keys ask it. */
@Module({})
class ManagerPeople {}
