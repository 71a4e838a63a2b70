import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AuditModule, auditScopes, CALL_DATABASE } from './audit';
import { AuthenticationModule } from './authentication';
import { type Clock, CLOCK } from './common';
import type { Secrets, Settings } from './config';
import { HttpModule } from './http';
import { KeysModule, keyScopes, PrefixedKeyFormat } from './keys';
import { MessagingModule, messagingScopes, smsProviderOf, whatsappProviderOf } from './messaging';
import { OpenApiModule } from './openapi';
import { OperationsModule } from './operations';
import { OrganizationsModule, organizationScopes } from './organizations';
import { PermissionsModule } from './permissions';
import { RateLimitsModule } from './rate-limits';

/** What the service is made from. Only `service.ts` reads the environment and opens databases. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly publicUrl: string;
  readonly database: DataSource;
  readonly callDatabase: DataSource;
  readonly clock: Clock;
}
