import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';

import { AuditTrail, CALL_SINK, CallRecorder, TRUSTED_PROXIES, auditEntities, auditMigrations } from '../../src/audit';
import { CLOCK, IpAllowlist, type Principal, newId } from '../../src/common';
import { HttpModule, readJsonBodies } from '../../src/http';
import {
  acceptUploads,
  messagingEntities,
  messagingMigrations,
  MessagingModule,
  messagingScopes,
  smsProviderOf,
  whatsappProviderOf,
} from '../../src/messaging';
import { PermissionsModule } from '../../src/permissions';
import { migrateKeystile, openDatabase } from '../../src/persistence';
import { callHttp, type CallOptions, type Answer } from '../../src/testing/http-client';
import { FixedClock } from '../../src/testing/fixed-clock';
import { temporaryDatabase } from '../../src/testing/temporary-database';

export class KeystileApp {
  static async start({ env = {} as Record<string, string>, clock = new FixedClock() } = {}): Promise<any> {
    const temp = await temporaryDatabase();
    const database = await openDatabase(temp.url ?? 'sqlite::memory:', [...auditEntities, ...messagingEntities]);
    await migrateKeystile(database, [...auditMigrations, ...messagingMigrations]);
    @Module({})
    class Globals {}
    const root = {
      module: Globals,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({ useFactory: () => ({ ...database.options }) as never, dataSourceFactory: async () => database }),
        PermissionsModule.forRoot({ scopes: messagingScopes }),
        HttpModule.forRoot({ cursorSecrets: [Buffer.alloc(32, 7)] }),
        MessagingModule.forRoot({
          smtp: { url: env['SMTP_URL'], from: env['MAIL_FROM'] ?? 'Keystile <keystile@localhost>' },
          sms: smsProviderOf({ SMS_PROVIDER: 'outbox', SMS_PROVIDER_URL: '', ...env } as never),
          whatsapp: whatsappProviderOf({ WHATSAPP_PROVIDER: 'outbox', WHATSAPP_PROVIDER_URL: '', ...env } as never),
          testMessage: 'This is a test message from Keystile.',
        }),
      ],
      providers: [
        { provide: CLOCK, useValue: clock },
        AuditTrail,
        CallRecorder,
        { provide: CALL_SINK, useValue: { append: () => undefined } },
        { provide: TRUSTED_PROXIES, useValue: new IpAllowlist([]) },
      ],
      exports: [CLOCK, AuditTrail],
    };
    const adapter = new FastifyAdapter();
    const app = await NestFactory.create<NestFastifyApplication>(root as never, adapter, {
      bodyParser: false,
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    const fastify: any = adapter.getInstance();
    app.get(CallRecorder).recordCalls(fastify.server);
    fastify.addHook('onRequest', async (request: any) => {
      const header = request.headers.authorization as string | undefined;
      if (header) request.principal = JSON.parse(Buffer.from(header.slice(7), 'base64url').toString());
    });
    readJsonBodies(fastify);
    acceptUploads(app);
    await app.init();
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new KeystileApp({ app, database }, `http://127.0.0.1:${port}`, clock, () => temp.drop());
  }

  constructor(
    readonly service: { app: NestFastifyApplication; database: DataSource },
    readonly url: string,
    readonly clock: FixedClock,
    readonly dispose: () => Promise<void>,
  ) {}

  private readonly home = newId('org', new Date());
  owner(): Promise<any> {
    return Promise.resolve({ organizationId: this.home, token: this.token(this.home, ['*'], 'live', 'user') });
  }
  otherOrganization(): Promise<any> {
    const id = newId('org', new Date());
    return Promise.resolve({ organizationId: id, token: this.token(id, ['*'], 'live', 'user') });
  }
  async issueKey({ scopes = [], environment = 'live' }: any = {}, by?: any): Promise<any> {
    return { id: 'key', key: this.token((by ?? (await this.owner())).organizationId, scopes, environment, 'api_key') };
  }
  private token(organizationId: string, scopes: string[], environment: string, type: string): string {
    const principal = {
      type,
      id: newId(type === 'user' ? 'usr' : 'key', new Date()),
      organizationId,
      scopes,
      environment,
    } as unknown as Principal;
    return Buffer.from(JSON.stringify(principal)).toString('base64url');
  }
  call(method: string, path: string, options?: CallOptions): Promise<Answer> {
    return callHttp(this.url, method, path, options);
  }
  get(path: string, options?: CallOptions): Promise<Answer> {
    return this.call('GET', path, options);
  }
  post(path: string, options?: CallOptions): Promise<Answer> {
    return this.call('POST', path, options);
  }
  async stop(): Promise<void> {
    await this.service.app.close();
    if (this.service.database.isInitialized) await this.service.database.destroy();
    await this.dispose();
  }
}
