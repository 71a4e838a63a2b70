import 'reflect-metadata';

import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type Caller,
  CurrentCaller,
  CurrentPrincipal,
  KeyService,
  KeystileModule,
  keystileEntities,
  migrateKeystile,
  openDatabase,
  type Principal,
  RequireScope,
  UserTokens,
} from 'keystile';
import { deepEqual, equal } from 'node:assert/strict';

declare module 'keystile' {
  interface ScopeRegistry {
    'invoice.read': true;
    'invoice.create': true;
  }
}

@Controller('invoices')
class InvoiceController {
  constructor(private readonly keys: KeyService) {}

  @Get()
  @RequireScope('invoice.read')
  list(@CurrentPrincipal() { organizationId }: Principal): object {
    return { organizationId };
  }

  @Post()
  // @ts-expect-error -- a typing mistake in a scope does not compile
  @RequireScope('invoice.crate')
  create(): object {
    return {};
  }

  @Post('keys')
  @RequireScope('api_key.create')
  async createKey(@CurrentCaller() caller: Caller): Promise<object> {
    const { key } = await this.keys.create(caller, { name: 'from outside', scopes: ['invoice.read'] });
    return { key };
  }
}

/** What a team outside of the repository does, once for each adapter. */
async function run(name: string, adapter: FastifyAdapter | ExpressAdapter): Promise<void> {
  const database = await openDatabase('sqlite::memory:', [...keystileEntities]);
  await migrateKeystile(database);
  const standing = () => Promise.resolve({ isActive: true, organizationStatus: 'active' as const, scopes: ['*'], userId: 'ada' });

  @Module({
    imports: [KeystileModule.forRoot({ database, owners: { standing }, peppers: [{ id: 'p1', secret: Buffer.alloc(32, 1) }] })],
    controllers: [InvoiceController],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, adapter as FastifyAdapter, { logger: ['error'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const call = async (method: string, path: string, token?: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(url + path, { method, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  const person = await app.get(UserTokens, { strict: false }).issue({ userId: 'ada', organizationId: 'acme' });
  const created = await call('POST', '/invoices/keys', person);
  equal(created.status, 201);
  const key = created.body['key'] as string;
  deepEqual(await call('GET', '/invoices', key), { status: 200, body: { organizationId: 'acme' } });
  equal((await call('GET', '/invoices')).body['code'], 'missing_credentials');
  const refused = await call('POST', '/invoices/keys', key);
  deepEqual([refused.status, refused.body['message']], [403, 'Insufficient scope: requires api_key.create']);

  await app.close();
  const [{ calls }] = (await database.query('SELECT COUNT(*) AS calls FROM keystile_call_logs')) as [{ calls: number }];
  equal(calls, 4, 'one row for each call');
  await database.destroy();
  process.stdout.write(`  ${name}: a key from outside is issued, let in, refused and logged\n`);
}

async function main(): Promise<void> {
  await run('Fastify', new FastifyAdapter());
  await run('Express', new ExpressAdapter());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
