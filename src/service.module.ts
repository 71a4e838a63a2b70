import { type DynamicModule, Module } from '@nestjs/common';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

import {
  AuditModule,
  type AuditOptions,
  auditScopes,
  CALL_DATABASE,
  CALL_OBSERVERS,
  type CallObserver,
  type CheckpointOptions,
  RETENTION_TERMS,
} from './audit';
import { AuthenticationModule, sessionCookieName } from './authentication';
import { type Clock, CLOCK, DEFAULT_REALM, KEY_REALM } from './common';
import type { Secrets, Settings } from './config';
import { CoordinationModule, type CoordinationOptions } from './coordination';
import { DashboardModule } from './dashboard';
import { DocsModule } from './docs';
import { HttpModule } from './http';
import { ImportedKeyFormat, type KeyFormat, KeysModule, keyScopes, LastUse, PrefixedKeyFormat } from './keys';
import { MessagingModule, type MessagingOptions, messagingScopes, SmtpMailer } from './messaging';
import { NetworkWatch, NoticesModule, RefusalWatch } from './notices';
import { OpenApiModule } from './openapi';
import { Metrics, OperationsModule } from './operations';
import { MAILER, OrganizationsModule, organizationScopes, retentionTerms } from './organizations';
import { PermissionsModule } from './permissions';
import { RateLimitsModule } from './rate-limits';
import { SERVICE_VERSION, serviceDescription } from './service-description';

/** What the service is made from. Only `service.ts` reads settings and opens databases. */
export interface ServiceParts {
  readonly settings: Settings;
  readonly secrets: Secrets;
  readonly publicUrl: string;
  readonly database: DataSource;
  /** Of the call log: the same as `database`, but for an embedded one. */
  readonly callDatabase: DataSource;
  /** For a thread that opens it for itself. */
  readonly callDatabaseUrl: string;
  readonly clock: Clock;
}

/** What every module is given by its host: the databases and the time. */
@Module({})
class HostModule {
  static forRoot({ database, callDatabase, clock, settings }: ServiceParts): DynamicModule {
    return {
      module: HostModule,
      global: true,
      providers: [
        { provide: DataSource, useValue: database },
        { provide: CALL_DATABASE, useValue: callDatabase },
        { provide: CLOCK, useValue: clock },
        { provide: KEY_REALM, useValue: DEFAULT_REALM },
        {
          provide: CALL_OBSERVERS,
          inject: [LastUse, Metrics, NetworkWatch, RefusalWatch],
          useFactory: (...observers: CallObserver[]) => observers,
        },
        { provide: MAILER, useExisting: SmtpMailer },
        {
          provide: RETENTION_TERMS,
          useValue: retentionTerms(database, { calls: settings.RETENTION_CALL_LOGS_DAYS, usage: settings.RETENTION_USAGE_DAYS }),
        },
      ],
      exports: [DataSource, CALL_DATABASE, CLOCK, KEY_REALM, CALL_OBSERVERS, MAILER, RETENTION_TERMS],
    };
  }
}

/** The service: every module with what the settings say. */
@Module({})
export class ServiceModule {
  static forRoot(parts: ServiceParts): DynamicModule {
    const { settings, secrets, publicUrl } = parts;
    return {
      module: ServiceModule,
      imports: [
        HostModule.forRoot(parts),
        PermissionsModule.forRoot({ scopes: { ...organizationScopes, ...keyScopes, ...auditScopes, ...messagingScopes } }),
        RateLimitsModule.forRoot({ redisDeadlineMs: settings.REDIS_DEADLINE_MS }),
        AuditModule.forRoot({
          trustedProxies: settings.TRUSTED_PROXIES,
          journal: journalOf(parts),
          checkpoints: checkpointsOf(settings, secrets),
        }),
        // Its interceptor stores answers with the headers that those of HttpModule set.
        OperationsModule.forRoot({
          answerSecrets: secrets.derive('idempotent-answers'),
          metricsToken: settings.METRICS_TOKEN ?? null,
          databases: [DataSource, CALL_DATABASE],
        }),
        CoordinationModule.forRoot(coordinationOf(settings)),
        HttpModule.forRoot({ cursorSecrets: secrets.derive('cursors') }),
        OrganizationsModule.forRoot({ publicUrl, refreshSecrets: secrets.derive('refresh-tokens') }),
        KeysModule.forRoot({
          peppers: secrets.peppers,
          algorithm: settings.KEY_HASH,
          formats: keyFormats(settings),
        }),
        AuthenticationModule.forRoot({
          publicUrl,
          signingKeys: secrets.signingKeys,
          jwtSources: settings.JWT_SOURCES as ReadonlyArray<'cookie' | 'header'>,
          failedAuthLimit: settings.FAILED_AUTH_LIMIT,
        }),
        NoticesModule.forRoot({ link: `${publicUrl}/api-management` }),
        MessagingModule.forRoot(messagingOptions(settings)),
        OpenApiModule.forRoot({
          ...serviceDescription,
          version: SERVICE_VERSION,
          publicUrl,
          sessionCookie: sessionCookieName(publicUrl.startsWith('https:')),
        }),
        DocsModule.forRoot({ publicUrl }),
        DashboardModule.forRoot(),
      ],
    };
  }
}

function coordinationOf({ REDIS_URL, REPLICA_ID }: Settings): CoordinationOptions {
  return {
    ...(REDIS_URL === undefined ? {} : { redisUrl: REDIS_URL }),
    ...(REPLICA_ID === undefined ? {} : { replica: REPLICA_ID }),
  };
}

function journalOf({ settings, callDatabaseUrl }: ServiceParts): AuditOptions['journal'] {
  const { JOURNAL_DIR, DATA_DIR, JOURNAL_MAX_BYTES, CALL_LOG_SYNC, CALL_LOG_DRAIN, REPLICA_ID } = settings;
  return {
    dir: JOURNAL_DIR ?? join(DATA_DIR, 'journal'),
    maxBytes: JOURNAL_MAX_BYTES,
    sync: CALL_LOG_SYNC,
    ...(CALL_LOG_DRAIN === 'worker' ? { worker: { databaseUrl: callDatabaseUrl } } : {}),
    ...(REPLICA_ID === undefined ? {} : { replica: REPLICA_ID }),
  };
}

function checkpointsOf(settings: Settings, { auditSigningKeys }: Secrets): CheckpointOptions {
  const { AUDIT_CHECKPOINT_FILE: file, AUDIT_CHECKPOINT_WEBHOOK: url, AUDIT_CHECKPOINT_WEBHOOK_SECRET: secret } = settings;
  return {
    signingKeys: auditSigningKeys,
    intervalSeconds: settings.AUDIT_CHECKPOINT_INTERVAL_SECONDS,
    ...(file === undefined ? {} : { file }),
    ...(url === undefined ? {} : { webhook: { url, secret: secret! } }),
  };
}

function messagingOptions(settings: Settings): MessagingOptions {
  return {
    email: settings.SMTP_URL === undefined ? { kind: 'outbox' } : { kind: 'smtp', url: settings.SMTP_URL, from: settings.MAIL_FROM },
    sms:
      settings.SMS_PROVIDER === 'outbox'
        ? { kind: 'outbox' }
        : {
            kind: 'twilio',
            url: settings.SMS_PROVIDER_URL,
            account: settings.SMS_PROVIDER_ACCOUNT!,
            token: settings.SMS_PROVIDER_TOKEN!,
            from: settings.SMS_PROVIDER_FROM!,
          },
    whatsapp:
      settings.WHATSAPP_PROVIDER === 'outbox'
        ? { kind: 'outbox' }
        : {
            kind: 'cloud-api',
            url: settings.WHATSAPP_PROVIDER_URL,
            phoneId: settings.WHATSAPP_PROVIDER_PHONE_ID!,
            token: settings.WHATSAPP_PROVIDER_TOKEN!,
          },
    testMessage: settings.WHATSAPP_TEST_MESSAGE,
  };
}

/** Ours issues; what came from other systems is recognized where the operator says so. */
function keyFormats({ KEY_PREFIX, IMPORTED_KEY_LOOKUP_LENGTH }: Settings): [KeyFormat, ...KeyFormat[]] {
  const own = new PrefixedKeyFormat(KEY_PREFIX);
  return IMPORTED_KEY_LOOKUP_LENGTH === 0 ? [own] : [own, new ImportedKeyFormat(IMPORTED_KEY_LOOKUP_LENGTH, KEY_PREFIX)];
}
