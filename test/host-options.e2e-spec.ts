import { Body, Controller, Delete, Get, HttpCode, Module, Param, Post, UseGuards } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';

import {
  Authenticated,
  type Caller,
  CurrentCaller,
  CurrentPrincipal,
  KeyReader,
  KeyService,
  KeystileGuard,
  KeystileModule,
  keystileEntities,
  LiveOnly,
  migrateKeystile,
  openDatabase,
  PatternKeyFormat,
  type Principal,
  RequireScope,
  Resource,
} from 'keystile';
import { type Answer, callHttp, temporaryDatabase, TestHost, type TestHostOptions } from 'keystile/testing';

import { CallStore } from '../src/audit';

@Controller('api/v1/clients')
class ClientController {
  @Get()
  list(): object[] {
    return [];
  }

  @Post()
  create(@Body() body: object): object {
    return body;
  }

  @Delete(':id')
  @LiveOnly()
  remove(@Param('id') id: string): object {
    return { id };
  }
}

@Controller('api/v1/people')
@Resource('person')
class PersonController {
  @Get()
  list(): object[] {
    return [];
  }
}

@Controller('cards')
class CardController {
  constructor(
    private readonly keys: KeyService,
    private readonly reader: KeyReader,
  ) {}

  @Get()
  @RequireScope('card.read')
  list(@CurrentPrincipal() { scopes }: Principal): object {
    return { scopes };
  }

  @Get('mine')
  @Authenticated()
  mine(@CurrentPrincipal() { scopes, userId }: Principal): object {
    return { scopes, userId };
  }

  @Post('key')
  @RequireScope('api_key.create')
  async key(@CurrentCaller() caller: Caller): Promise<object> {
    const { id, key } = await this.keys.replaceAll(caller, { name: 'API Keys' });
    return { id, key };
  }

  @Get('keys')
  @RequireScope('api_key.read')
  keysOf(@CurrentPrincipal() principal: Principal): object {
    return this.reader.list(principal, { limit: 50 });
  }

  @Post('pay')
  @HttpCode(200)
  @RequireScope('card.create')
  @LiveOnly()
  pay(): object {
    return {};
  }
}

const ADAPTERS: Record<string, () => AbstractHttpAdapter> = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };

describe('What a host says of its keys', () => {
  const open: Array<() => Promise<void>> = [];
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
  });

  const start = async (options: TestHostOptions): Promise<TestHost> => {
    const { url, drop } = await temporaryDatabase();
    open.push(drop);
    const host = await TestHost.start({ ...options, ...(url ? { databaseUrl: url } : {}) });
    open.push(() => host.stop());
    return host;
  };

  describe('about where rights come from', () => {
    describe.each(['fastify', 'express'])('on %s', (adapter) => {
      it('C14, C17, C18 derives what a route needs from its method and path', async () => {
        const host = await start({
          controllers: [ClientController, PersonController],
          adapter: ADAPTERS[adapter]!(),
          keystile: { permissionSource: 'route-derived' },
        });
        const singular = await host.issueKey({ scopes: ['client.read'] });
        const plural = await host.issueKey({ scopes: ['clients.*'] });
        const test = await host.issueKey({ scopes: ['client.*'], environment: 'test' });
        const person = await host.issueKey({ scopes: ['person.read'] });
        for (const { key } of [singular, plural]) expect((await host.get('/api/v1/clients', { as: key })).status).toBe(200);
        expect((await host.call('HEAD', '/api/v1/clients', { as: singular.key })).status).toBe(200);
        expect((await host.post('/api/v1/clients', { as: plural.key, body: {} })).status).toBe(201);
        expect(await host.post('/api/v1/clients', { as: singular.key, body: {} })).toMatchObject({
          status: 403,
          body: { code: 'insufficient_scope', requiredScopes: ['client.create', 'clients.create'], anyOf: true },
        });
        expect(await host.delete('/api/v1/clients/1', { as: test.key })).toMatchObject({
          status: 403,
          body: { code: 'wrong_environment' },
        });
        expect((await host.delete('/api/v1/clients/1', { as: plural.key })).status).toBe(200);
        expect((await host.get('/api/v1/people', { as: person.key })).status).toBe(200);
      });

      it('takes no second token from the bucket in the guard', async () => {
        const host = await start({
          controllers: [ClientController],
          adapter: ADAPTERS[adapter]!(),
          keystile: { permissionSource: 'route-derived' },
        });
        const { key } = await host.issueKey({ scopes: ['client.read'], rateLimit: { limit: 2, windowSeconds: 60 } });
        const call = (method: string): Promise<Answer> => host.call(method, '/api/v1/clients', { as: key });
        const answers = [await call('GET'), await call('HEAD'), await call('GET')];
        expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
        expect(answers.map(({ headers }) => headers.ratelimit)).toEqual(['"key";r=1;t=30', '"key";r=0;t=30', '"key";r=0;t=30']);
      });

      it('says no and why in its own words', async () => {
        const host = await start({
          controllers: [CardController],
          adapter: ADAPTERS[adapter]!(),
          keystile: {
            unauthorizedClass: 'one',
            problems: {
              messages: { invalid_api_key: 'Missing or invalid API key', missing_credentials: 'Missing or invalid API key' },
              body: ({ message }) => ({ success: false, message }),
            },
          },
        });
        const { key, id } = await host.issueKey({ scopes: ['*'], expiresAt: '2026-02-01T00:00:00Z' });
        host.clock.move({ days: 60 });
        for (const as of [key, 'nonsense', undefined]) {
          const refused = await host.get('/cards', as === undefined ? {} : { as });
          expect(refused).toMatchObject({ status: 401, body: { success: false, message: 'Missing or invalid API key' } });
          expect(refused.headers['www-authenticate']).toMatch(/^Bearer realm=/);
        }
        await host.app.get(CallStore).flush();
        const rows = await host.database.query('SELECT code FROM keystile_call_logs ORDER BY id, tail');
        expect(rows.map(({ code }: { code: string }) => code)).toEqual(['api_key_expired', 'invalid_api_key', 'missing_credentials']);
        expect((await host.key(id)).status).toBe('expired');
      });

      it('lets browsers call with a key that is bound to pages', async () => {
        const host = await start({ controllers: [CardController], adapter: ADAPTERS[adapter]!(), keystile: { browsers: true } });
        const { key } = await host.issueKey({ scopes: ['card.read'], allowedReferrers: ['https://shop.example'] });
        const origin = 'https://shop.example';
        const asked = await host.call('OPTIONS', '/cards', {
          headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
        });
        expect(asked.status).toBe(204);
        expect(asked.headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET' });
        expect(asked.headers['access-control-allow-headers']).toMatch(/Authorization/);
        expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
        const answered = await host.get('/cards', { as: key, headers: { origin } });
        expect(answered).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
        const elsewhere = await host.get('/cards', { as: key, headers: { origin: 'https://evil.example' } });
        expect(elsewhere).toMatchObject({
          status: 403,
          body: { code: 'referrer_not_allowed' },
          headers: { 'access-control-allow-origin': '*' },
        });
      });

      it('looks after the routes that ask for it, where it is told to', async () => {
        @Controller()
        class MixedController {
          @Get('free')
          free(): object {
            return { free: true };
          }

          @Get('guarded')
          @UseGuards(KeystileGuard)
          @RequireScope('card.read')
          guarded(): object {
            return { guarded: true };
          }
        }
        const host = await start({
          controllers: [MixedController],
          adapter: ADAPTERS[adapter]!(),
          keystile: { guard: 'manual', api: true },
        });
        const { key } = await host.issueKey({ scopes: ['card.read', 'api_key.read'] });
        expect((await host.get('/free')).status).toBe(200);
        expect((await host.get('/free', { as: 'ks_live_nonsense' })).status).toBe(200);
        expect((await host.get('/guarded')).status).toBe(401);
        expect((await host.get('/guarded', { as: key })).status).toBe(200);
        expect((await host.get('/v1/api-keys')).status).toBe(401);
        expect((await host.get('/v1/api-keys?nonsense=1', { as: key })).status).toBe(400);
        expect((await host.get('/v1/api-keys', { as: key })).body.data).toHaveLength(1);
        expect((await host.get('/nothing')).status).toBe(404);
        await host.app.get(CallStore).flush();
        // Those of somebody else's routes are none of ours.
        const rows: Array<{ path: string }> = await host.database.query('SELECT path FROM keystile_call_logs ORDER BY id, tail');
        expect(rows.map(({ path }) => path)).toEqual(['/guarded', '/guarded', ...Array<string>(3).fill('/v1/api-keys')]);
      });

      it('does not start with a route that says nothing', async () => {
        @Controller()
        class SilentController {
          @Get('silent')
          silent(): void {}
        }
        await expect(start({ controllers: [SilentController], adapter: ADAPTERS[adapter]!() })).rejects.toThrow(
          'GET /silent (SilentController.silent) does not say who may call it',
        );
      });
    });

    it('W15 gives a key what its owner may do at that very moment', async () => {
      const host = await start({ controllers: [CardController], keystile: { permissionSource: 'inherit-owner' } });
      const admin = host.user('ada', { scopes: ['card.*', 'api_key.*'] });
      const { key, scopes } = await host.issueKey({}, admin);
      expect(scopes).toEqual(['*']);
      expect((await host.get('/cards/mine', { as: key })).body).toEqual({ scopes: ['api_key.*', 'card.*'], userId: 'ada' });
      host.user('ada', { scopes: ['other.read'] });
      expect((await host.get('/cards', { as: key })).status).toBe(403);
      host.user('ada', { isActive: false });
      expect(await host.get('/cards', { as: key })).toMatchObject({ status: 401, body: { code: 'owner_inactive' } });
    });

    it('K22, K24 shows full_access, and may mean less by it one day', async () => {
      const host = await start({ controllers: [CardController], keystile: { permissionSource: 'full-access' } });
      const { key, scopes } = await host.issueKey({ scopes: ['full_access'] }, host.user('ada', { scopes: ['card.*'] }));
      expect(scopes).toEqual(['full_access']);
      expect((await host.get('/cards', { as: key })).body.scopes).toEqual(['card.*']);

      const later = await start({
        controllers: [CardController],
        keystile: { impliedScopes: { full_access: ['card.*', 'api_key.read'] } },
      });
      const granular = await later.issueKey({ scopes: ['full_access'] });
      expect((await later.get('/cards', { as: granular.key })).body.scopes).toEqual(['api_key.read', 'card.*']);
    });

    it('A06 gives nobody a key with the rights of somebody above them', async () => {
      const host = await start({ controllers: [CardController], keystile: { permissionSource: 'inherit-owner' } });
      host.user('boss', { scopes: ['*'] });
      const clerk = host.user('clerk', { scopes: ['card.read', 'member.update'] });
      const made = host.issueKey({ owner: { type: 'user', id: 'boss' } }, clerk);
      await expect(made).rejects.toMatchObject({ code: 'scope_exceeds_grantor' });
    });
  });

  describe('about how many there are', () => {
    const one = { controllers: [CardController], keystile: { maxActiveKeysPerOwner: 1, permissionSource: 'full-access' } } as const;

    it('K04, K05 leaves one active key of fifty that are generated at once', async () => {
      const host = await start(one);
      const token = await host.signIn(host.user('ada'));
      const generated = await Promise.all(Array.from({ length: 50 }, () => host.post('/cards/key', { as: token })));
      expect(generated.map(({ status }) => status)).toEqual(Array(50).fill(201));
      const working = await Promise.all(generated.map(async ({ body }) => (await host.get('/cards', { as: body.key as string })).status));
      expect(working.filter((status) => status === 200)).toHaveLength(1);
      const rows = await host.database.query('SELECT active_slot, revoked_at FROM api_keys');
      expect(rows).toHaveLength(50);
      expect(rows.filter(({ revoked_at: revokedAt }: { revoked_at: unknown }) => revokedAt === null)).toHaveLength(1);
    });

    it('K05 refuses a second key, from as many as ask at once, until the first has ended', async () => {
      const host = await start(one);
      const ada = host.user('ada');
      const made = await Promise.allSettled(Array.from({ length: 10 }, () => host.issueKey({ expiresAt: '2026-02-01T00:00:00Z' }, ada)));
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const refused of made) if (refused.status === 'rejected') expect(refused.reason).toMatchObject({ code: 'conflict' });
      await host.issueKey({}, host.user('bob'));
      host.clock.move({ days: 60 });
      await host.issueKey({}, ada);
      await expect(host.issueKey({}, ada)).rejects.toMatchObject({ code: 'conflict' });
    });

    it('K05 brings no expired key back beside the one that took its place', async () => {
      const host = await start({ ...one, keystile: { ...one.keystile, api: true } });
      const ada = host.user('ada');
      const { id } = await host.issueKey({ expiresAt: '2026-02-01T00:00:00Z' }, ada);
      host.clock.move({ days: 60 });
      const second = await host.issueKey({}, ada);
      const token = await host.signIn(ada);
      const revived = await host.patch(`/v1/api-keys/${id}`, { as: token, body: { expiresAt: null } });
      expect(revived).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect((await host.post(`/v1/api-keys/${id}/rotate`, { as: token, body: { expiresAt: null } })).status).toBe(409);
      await host.post(`/v1/api-keys/${second.id}/revoke`, { as: token, body: {} });
      expect((await host.patch(`/v1/api-keys/${id}`, { as: token, body: { expiresAt: null } })).status).toBe(200);
    });
  });

  describe('about keys that came from another system', () => {
    const format = new PatternKeyFormat({ lookupLength: 12, secretLength: 52, alphabet: 'hex' });
    const crm = { controllers: [CardController], keystile: { formats: [format] } } as const;

    /** As an import leaves it. */
    const imported = async (host: TestHost, algorithm: 'bcrypt' | 'argon2id'): Promise<{ id: string; token: string }> => {
      const { token, lookupId } = format.draw('live');
      const { id } = await host.issueKey({ scopes: ['card.read'] });
      const made = algorithm === 'bcrypt' ? (await bcrypt(token, 4)).replace(/^\$2b/, '$2y') : await argon2(token, { memoryCost: 1024 });
      await host.database
        .createQueryBuilder()
        .update('api_key_credentials')
        .set({ digest: made, algorithm, pepperId: null, lookupId, prefix: lookupId })
        .where({ keyId: id })
        .execute();
      return { id, token };
    };

    it.each(['bcrypt', 'argon2id'] as const)('C11 checks a %s digest once, and keeps a fast one from then on', async (algorithm) => {
      const host = await start(crm);
      const { id, token } = await imported(host, algorithm);
      const calls = await Promise.all(Array.from({ length: 20 }, () => host.get('/cards', { as: token })));
      expect(calls.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const [row] = await host.database.query('SELECT key_id, algorithm, pepper_id, digest FROM api_key_credentials');
      expect(row).toMatchObject({ key_id: id, algorithm: 'hmac-sha256', pepper_id: 'test' });
      expect(row.digest).toMatch(/^[0-9a-f]{64}$/);
      expect((await host.get('/cards', { as: token })).status).toBe(200);
    });

    it('C11 does not spend a processor on whoever guesses', async () => {
      const host = await start(crm);
      const { token } = await imported(host, 'bcrypt');
      const guess = (i: number): string => token.slice(0, 12) + i.toString(16).padStart(52, '0');
      const statuses: number[] = [];
      for (let i = 0; i < 15; i++) statuses.push((await host.get('/cards', { as: guess(i) })).status);
      expect(statuses).toEqual([...Array(10).fill(401), ...Array(5).fill(429)]);
      const later = await host.get('/cards', { as: token });
      expect(later.status).toBe(429);
      host.clock.move({ seconds: Number(later.headers['retry-after']) });
      expect((await host.get('/cards', { as: token })).status).toBe(200);
    });

    it('resolution 8 tells only the holder of the whole secret that a key is revoked', async () => {
      const host = await start({ ...crm, keystile: { ...crm.keystile, api: true } });
      const { id, token } = await imported(host, 'bcrypt');
      await host.post(`/v1/api-keys/${id}/revoke`, { as: await host.signIn(), body: {} });
      expect((await host.get('/cards', { as: `${token.slice(0, -4)}0000` })).body.code).toBe('invalid_api_key');
      expect((await host.get('/cards', { as: token })).body.code).toBe('api_key_revoked');
    });
  });

  it('leaves the host its own database, and keeps to the one that it was given', async () => {
    @Controller('which')
    class WhichController {
      constructor(private readonly database: DataSource) {}

      @Get()
      @RequireScope('card.read')
      async which(): Promise<object> {
        return { keys: await this.database.query('SELECT name FROM api_keys') };
      }
    }
    const ours = await openDatabase('sqlite::memory:', keystileEntities);
    open.push(() => ours.destroy());
    await migrateKeystile(ours);
    const host = await start({ controllers: [WhichController], keystile: { database: ours } });
    const { key } = await host.issueKey({ name: 'ours', scopes: ['card.read'] });
    expect((await host.get('/which', { as: key })).body).toEqual({ keys: [] });
    expect(await ours.query('SELECT name FROM api_keys')).toEqual([{ name: 'ours' }]);
  });

  it('has a row for a call that a test injects', async () => {
    const host = await start({ controllers: [CardController] });
    const { key } = await host.issueKey({ scopes: ['card.read'] });
    const fastify = host.app.getHttpAdapter().getInstance() as FastifyInstance;
    const answer = await fastify.inject({ method: 'GET', url: '/cards', headers: { authorization: `Bearer ${key}` } });
    expect([answer.statusCode, answer.json()]).toEqual([200, { scopes: ['card.read'] }]);
    await host.app.get(CallStore).flush();
    expect(await host.database.query('SELECT status, path FROM keystile_call_logs')).toEqual([{ status: 200, path: '/cards' }]);
  });

  it('keeps two systems in one process and one database apart', async () => {
    const { url, drop } = await temporaryDatabase();
    const database = await openDatabase(url ?? 'sqlite::memory:', keystileEntities);
    open.push(drop, () => database.destroy());
    await migrateKeystile(database);
    const systems = await Promise.all(['left', 'right'].map((realm) => system(database, realm, open)));
    const [left, right] = systems as [RunningSystem, RunningSystem];

    const made = await callHttp(left.url, 'POST', '/v1/api-keys', { as: left.token, body: { name: 'left', scopes: ['*'] } });
    const { id, key } = made.body as { id: string; key: string };
    expect((await callHttp(left.url, 'GET', '/cards', { as: key })).status).toBe(200);
    expect(await callHttp(right.url, 'GET', '/cards', { as: key })).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
    expect(await callHttp(right.url, 'GET', '/cards', { as: left.token })).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect((await callHttp(right.url, 'GET', '/v1/api-keys', { as: right.token })).body.data).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
      ['POST', '/revoke'],
      ['POST', '/disable'],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
      expect((await callHttp(right.url, method, `/v1/api-keys/${id}${path}`, { as: right.token, ...body })).status).toBe(404);
    }
    const verified = await callHttp(right.url, 'POST', '/v1/api-keys/verify', { as: right.token, body: { key } });
    expect(verified.body).toMatchObject({ valid: false, code: 'invalid_api_key' });
    expect((await callHttp(left.url, 'GET', '/cards', { as: key })).status).toBe(200);
  });

  describe('is looked at before it starts', () => {
    it.each([
      ['a pepper that is too short', { peppers: [{ id: 'p', secret: Buffer.alloc(16) }] }, 'at least 32 bytes'],
      ['no pepper', { peppers: [] }, 'at least 32 bytes'],
      ['two peppers of one name', { peppers: [1, 2].map((n) => ({ id: 'p', secret: Buffer.alloc(32, n) })) }, 'ids of their own'],
      ['no room for a key', { maxActiveKeysPerOwner: 0 }, 'from 1 up'],
      ['a realm that is a sentence', { realm: 'the left one' }, 'realm has up to 32'],
    ])('%s', async (_what, keystile, words) => {
      await expect(TestHost.start({ controllers: [CardController], keystile })).rejects.toThrow(words);
    });

    it('tables that are not there', async () => {
      const database = await openDatabase('sqlite::memory:', keystileEntities);
      open.push(() => database.destroy());
      await expect(TestHost.start({ keystile: { database } })).rejects.toThrow('await migrateKeystile(database) first');
    });

    it('a connection to SQLite that mixes transactions, and one that changes tables', async () => {
      const serialised = await openDatabase('sqlite::memory:', keystileEntities);
      open.push(() => serialised.destroy());
      const bare = new DataSource(serialised.options);
      await bare.initialize();
      open.push(() => bare.destroy());
      await expect(TestHost.start({ keystile: { database: bare } })).rejects.toThrow('serialiseSqlite(');
      Object.assign(bare.options, { synchronize: true });
      await expect(TestHost.start({ keystile: { database: bare } })).rejects.toThrow('synchronize: true');
    });

    it('tables that the connection does not know', async () => {
      const database = await openDatabase('sqlite::memory:', []);
      open.push(() => database.destroy());
      await expect(TestHost.start({ keystile: { database } })).rejects.toThrow('entities: [...keystileEntities, …]');
    });
  });
});

interface RunningSystem {
  readonly url: string;
  readonly token: string;
}

async function system(database: DataSource, realm: string, open: Array<() => Promise<void>>): Promise<RunningSystem> {
  const { NestFactory } = await import('@nestjs/core');
  const { UserTokens } = await import('keystile');
  const standing = () => Promise.resolve({ isActive: true, organizationStatus: 'active' as const, scopes: ['*'], userId: 'ada' });
  @Module({
    imports: [
      KeystileModule.forRoot({ database, realm, api: true, owners: { standing }, peppers: [{ id: 'p', secret: Buffer.alloc(32, 7) }] }),
    ],
    controllers: [CardController],
  })
  class SystemModule {}
  const app = await NestFactory.create(SystemModule, new FastifyAdapter(), { logger: ['error'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  open.push(() => app.close());
  return { url: await app.getUrl(), token: await app.get(UserTokens, { strict: false }).issue({ userId: 'ada', organizationId: 'acme' }) };
}
