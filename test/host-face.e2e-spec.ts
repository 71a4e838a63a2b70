import { Body, Controller, Get, Header, HttpCode, Module, Param, Post, Query, Req } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  AuditReader,
  Authenticated,
  type Caller,
  type CheckpointKey,
  CurrentCaller,
  ImportedKeyFormat,
  KeyReader,
  KeyRotation,
  KeyService,
  KeystileModule,
  keystileEntities,
  MemberKeys,
  migrateKeystile,
  type NewKey,
  openDatabase,
  PrefixedKeyFormat,
  Public,
  RequireScope,
  SignInAttempts,
} from 'keystile';
import { temporaryDatabase, TestHost, type TestHostOptions } from 'keystile/testing';

import { CheckpointJob } from '../src/audit';

/** A host's own paths for keys, which takes what it gets and looks at nothing. */
@Controller('own')
class OwnController {
  constructor(
    private readonly keys: KeyService,
    private readonly rotation: KeyRotation,
    private readonly reader: KeyReader,
    private readonly members: MemberKeys,
    private readonly audit: AuditReader,
    private readonly attempts: SignInAttempts,
  ) {}

  @Post('keys')
  @RequireScope('api_key.create')
  create(@CurrentCaller() caller: Caller, @Body() key: object): Promise<object> {
    return this.keys.create(caller, key as NewKey);
  }

  @Post('keys/replace')
  @RequireScope('api_key.create')
  replace(@CurrentCaller() caller: Caller, @Body() key: object): Promise<object> {
    return this.keys.replaceAll(caller, key as NewKey);
  }

  @Get('keys')
  @RequireScope('api_key.read')
  list(@CurrentCaller() { principal }: Caller, @Query() filter: object): Promise<object> {
    return this.reader.list(principal, filter);
  }

  @Get('keys/:id')
  @RequireScope('api_key.read')
  get(@CurrentCaller() { principal }: Caller, @Param('id') id: string): Promise<object> {
    return this.reader.get(principal.organizationId, id);
  }

  @Post('keys/:id/change')
  @RequireScope('api_key.update')
  change(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() changes: object): Promise<object> {
    return this.keys.update(caller, id, changes, undefined);
  }

  @Post('keys/:id/rotate')
  @RequireScope('api_key.rotate')
  rotate(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() wishes: object): Promise<object> {
    return this.rotation.rotate(caller, id, wishes, undefined);
  }

  @Post('keys/:id/retire')
  @RequireScope('api_key.rotate')
  retire(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() { prefix }: { prefix: string }): Promise<object> {
    return this.rotation.retire(caller, id, prefix);
  }

  @Post('keys/:id/revoke')
  @RequireScope('api_key.revoke')
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() { reason }: { reason: string }): Promise<object> {
    return this.keys.revoke(caller, id, reason);
  }

  @Get('people/:id/keys')
  @RequireScope('api_key.read')
  keysOf(@CurrentCaller() { principal }: Caller, @Param('id') id: string): Promise<object> {
    return this.members.list(principal, id);
  }

  @Post('people/:id/offboard')
  @RequireScope('api_key.revoke')
  offboard(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() wishes: object): Promise<object> {
    return this.members.revoke(caller, id, wishes);
  }

  @Get('events')
  @RequireScope('audit_event.read')
  events(@CurrentCaller() { principal, actor }: Caller, @Query() query: object): Promise<object> {
    return this.audit.list(principal, actor, query);
  }

  @Post('sign-in')
  @Public()
  @HttpCode(200)
  async signIn(@Req() request: IncomingMessage, @Body() { email }: { email: string }): Promise<object> {
    await this.attempts.take(request, email);
    return {};
  }
}

const ADAPTERS: Record<string, () => AbstractHttpAdapter> = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };

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

describe('What a host hands on without a look', () => {
  let host: TestHost;
  let token: string;
  let id: string;
  beforeEach(async () => {
    host = await start({ controllers: [OwnController] });
    token = await host.signIn();
    ({ id } = await host.issueKey());
  });

  it.each([
    ['a time that is none', { expiresAt: 'soon' }, '/expiresAt'],
    ['a day without an hour', { expiresAt: '2030-01-01' }, '/expiresAt'],
    ['a time that no database has', { expiresAt: '9999-12-31T23:59:59-12:00' }, '/expiresAt'],
    ['no name', { name: undefined }, '/name'],
    ['a name that is a number', { name: 7 }, '/name'],
    ['a name too long for its column', { name: 'n'.repeat(101) }, '/name'],
    ['a name of two lines', { name: 'a\nb' }, '/name'],
    ['scopes that are one text', { scopes: 'card.read' }, '/scopes'],
    ['an environment of its own', { environment: 'staging' }, '/environment'],
    ['an address that is none', { allowedIps: ['here'] }, '/allowedIps'],
    ['a page without an origin', { allowedReferrers: ['anywhere'] }, '/allowedReferrers'],
    ['an endpoint without a path', { allowedEndpoints: [{ method: 'GET' }] }, '/allowedEndpoints/0/path'],
    ['a limit of nothing', { rateLimit: { limit: 0, windowSeconds: 60 } }, '/rateLimit/limit'],
    ['metadata that is a list', { metadata: ['a'] }, '/metadata'],
    ['an owner whose id is too long', { owner: { type: 'user', id: 'x'.repeat(65) } }, '/owner/id'],
    ['a field in another spelling, which would be a limit that is not there', { expires_at: '2030-01-01T00:00:00Z' }, '/expires_at'],
  ])('%s is refused as the REST interface does it', async (_what, wrong, pointer) => {
    for (const path of ['/own/keys', '/own/keys/replace']) {
      const refused = await host.post(path, { as: token, body: { name: 'key', scopes: [], ...wrong } });
      expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
    }
  });

  it('changes, rotations and reasons are held to the same rules', async () => {
    const refusals = [
      await host.post(`/own/keys/${id}/change`, { as: token, body: { expiresAt: 'soon' } }),
      await host.post(`/own/keys/${id}/change`, { as: token, body: { name: null } }),
      await host.post(`/own/keys/${id}/rotate`, { as: token, body: { overlapSeconds: -1 } }),
      await host.post(`/own/keys/${id}/rotate`, { as: token, body: { expiresAt: 'never' } }),
      await host.post(`/own/keys/${id}/revoke`, { as: token, body: { reason: 'r'.repeat(501) } }),
      await host.get('/own/keys?limit=1000', { as: token }),
      await host.get('/own/keys?expiresBefore=soon', { as: token }),
      await host.get('/own/events?limit=0', { as: token }),
      await host.post('/own/people/owner/offboard', { as: token, body: { keyIds: 'all' } }),
    ];
    expect(refusals.map(({ status, body }) => [status, body.code])).toEqual(refusals.map(() => [400, 'validation_failed']));
    expect((await host.key(id)).status).toBe('active');
  });

  it('what no key and nobody is called does not exist, whatever it is written in', async () => {
    const odd = encodeURIComponent('ключ');
    const answers = [
      await host.get(`/own/keys/${odd}`, { as: token }),
      await host.post(`/own/keys/${odd}/rotate`, { as: token, body: {} }),
      await host.post(`/own/keys/${odd}/revoke`, { as: token, body: {} }),
      await host.post(`/own/keys/${id}/retire`, { as: token, body: { prefix: 'ключ' } }),
      await host.get(`/own/people/${odd}/keys`, { as: token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  });

  it('lists come without a word about their length', async () => {
    const { body } = await host.get('/own/keys', { as: token });
    expect(body).toMatchObject({ data: [{ id }], hasMore: false });
  });
});

describe.each(Object.keys(ADAPTERS))('On %s a host', (adapter) => {
  it('reads the audit trail and sees to the keys of somebody who leaves, by services', async () => {
    const host = await start({ controllers: [OwnController], adapter: ADAPTERS[adapter]!() });
    const ada = host.user('ada');
    const { id } = await host.issueKey({ name: 'hers' }, ada);
    const token = await host.signIn();
    const { body: events } = await host.get('/own/events?action=api_key.created', { as: token });
    expect(events.data).toMatchObject([{ action: 'api_key.created', target: { id }, actor: { id: 'ada' } }]);
    expect((await host.get('/own/people/ada/keys', { as: token })).body.data).toMatchObject([{ id, why: ['owned', 'created'] }]);
    const offboarded = await host.post('/own/people/ada/offboard', { as: token, body: { reason: 'left' } });
    expect(offboarded.body).toMatchObject([{ keyId: id, outcome: 'revoked' }]);
    expect((await host.key(id)).status).toBe('revoked');
    // Whoever reads who read: the ids of people of a host are up to 36 characters.
    expect((await host.get(`/own/events?actorId=${'a'.repeat(36)}`, { as: token })).status).toBe(200);
  });

  it('A14 limits its own sign-in by account and by address', async () => {
    const host = await start({ controllers: [OwnController], adapter: ADAPTERS[adapter]!() });
    const attempt = (email: string, from: string) => host.post('/own/sign-in', { body: { email }, from });
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await attempt('Ada@example.com', '127.0.1.1')).status);
    expect(statuses).toEqual(Array<number>(10).fill(200));
    expect(await attempt('ada@EXAMPLE.com', '127.0.1.1')).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect((await attempt('ada@example.com', '127.0.1.2')).status).toBe(200);
    for (let i = 0; i < 20; i++) await attempt(`${i}@example.com`, '127.0.2.1');
    const refused = await attempt('new@example.com', '127.0.2.1');
    expect(refused.status).toBe(429);
    expect((await attempt('new@example.com', '127.0.2.2')).status).toBe(200);
    host.clock.move({ seconds: Number(refused.headers['retry-after']) });
    expect((await attempt('new@example.com', '127.0.2.1')).status).toBe(200);
  });

  it('takes keys over from another system', async () => {
    const formats = [new PrefixedKeyFormat('ks'), new ImportedKeyFormat(12, 'ks')] as const;
    const host = await start({ controllers: [OwnController], adapter: ADAPTERS[adapter]!(), keystile: { api: true, formats } });
    const token = await host.signIn();
    const begun = await host.post('/v1/api-key-imports', { as: token, body: { name: 'from PHP' } });
    expect(begun.headers['location']).toBe(`/v1/api-key-imports/${begun.body.id}`);
    const secret = 'f00d'.repeat(12);
    const hash = { algorithm: 'sha256', value: createHash('sha256').update(secret).digest('hex') };
    const good = JSON.stringify({ externalId: '1', name: 'old', scopes: ['api_key.read'], hash });
    const send = (body: string, type = 'application/x-ndjson', more: Record<string, string> = {}) =>
      host.post(begun.headers['location'] + '/lines', { as: token, headers: { 'content-type': type, ...more }, body });
    const lines = [good, '{"externalId":"2"}', '{', '{"__proto__":{"name":"x"}}', '{"a":1,"constructor":{"prototype":{}}}'];
    const taken = await send(`${lines.join('\r\n')}\n\n`);
    expect(taken).toMatchObject({ status: 200, body: { accepted: 1, refused: 4 } });
    expect(taken.body.lines.map(({ reason }: { reason: string }) => reason)).toEqual([
      null,
      'validation_failed',
      ...Array<string>(3).fill('malformed_json'),
    ]);
    expect((await host.get('/own/keys', { as: secret })).status).toBe(200);
    expect((await host.get(`/v1/api-key-imports/${begun.body.id}`, { as: token })).body).toMatchObject({ accepted: 1, seen: 1 });
    expect((await send(good, 'text/plain')).status).toBe(415);
    expect((await send(`[${good}]`, 'application/json')).status).toBe(415);
    expect((await send('\n')).status).toBe(400);
    expect((await send(`${good}\n`.repeat(1001))).status).toBe(400);
    expect((await send('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await send(good, undefined, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('has paths of its own beside the package’s behind a prefix, and is told where they meet', async () => {
    @Controller('v1/api-keys')
    class KeyPathController {
      @Get()
      @RequireScope('card.read')
      list(): object {
        return { mine: true };
      }
    }
    const host = await start({
      controllers: [KeyPathController],
      adapter: ADAPTERS[adapter]!(),
      keystile: { api: { prefix: 'keystile' } },
    });
    const token = await host.signIn();
    expect((await host.get('/v1/api-keys', { as: token })).body).toEqual({ mine: true });
    const made = await host.post('/keystile/v1/api-keys', { as: token, body: { name: 'key', scopes: ['card.read'] } });
    expect(made.headers['location']).toBe(`/keystile/v1/api-keys/${made.body.id}`);
    const rotated = await host.post(`/keystile/v1/api-keys/${made.body.id}/rotate`, { as: token, body: {} });
    expect(rotated).toMatchObject({ status: 201, headers: { location: made.headers['location'] } });
    expect((await host.get('/keystile/v1/whoami', { as: rotated.body.key as string })).status).toBe(200);
    expect((await host.get('/v1/whoami', { as: token })).status).toBe(404);

    const clash = start({ controllers: [KeyPathController], adapter: ADAPTERS[adapter]!(), keystile: { api: true } });
    await expect(clash).rejects.toThrow(/GET \/v1\/api-keys is there twice: .*KeyController\.list.*api: \{ prefix: 'keystile' \}/);
    const manual = start({ controllers: [KeyPathController], adapter: ADAPTERS[adapter]!(), keystile: { api: true, guard: 'manual' } });
    await expect(manual).rejects.toThrow('is there twice');
  });

  it('has pages that do not mind what links add to their address, and routes that do', async () => {
    @Controller()
    class PageController {
      @Get('page')
      @Public()
      @Header('content-type', 'text/html; charset=utf-8')
      page(): string {
        return '<h1>Page</h1>';
      }

      @Get('cards')
      @RequireScope('card.read')
      cards(): object[] {
        return [];
      }

      @Get('me')
      @Authenticated()
      me(@Query('verbose') verbose: string): object {
        return { verbose };
      }
    }
    const host = await start({ controllers: [PageController], adapter: ADAPTERS[adapter]!(), keystile: { conventions: 'all' } });
    const token = await host.signIn();
    expect(await host.get('/page?utm_source=mail&fbclid=1')).toMatchObject({ status: 200, text: '<h1>Page</h1>' });
    expect(await host.get('/cards?lmit=5', { as: token })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect((await host.get('/me?verbose=yes', { as: token })).body).toEqual({ verbose: 'yes' });
  });

  it('A15 stops reading a body as it likes, and its answer and its row are there', async () => {
    @Controller()
    class UploadController {
      @Post('upload')
      @RequireScope('card.create')
      async upload(@Req() request: IncomingMessage | { readonly raw: IncomingMessage }): Promise<object> {
        for await (const _chunk of 'raw' in request ? request.raw : request) throw new Error('no more');
        return {};
      }
    }
    const server = ADAPTERS[adapter]!();
    const fastify = server.getInstance() as Partial<FastifyInstance>;
    fastify.addContentTypeParser?.('image/png', (_request, _body, done) => done(null, undefined));
    const host = await start({ controllers: [UploadController], adapter: server, keystile: { api: true } });
    host.app.useLogger(false);
    const token = await host.signIn();
    const headers = { 'content-type': 'image/png' };
    expect((await host.post('/upload', { as: token, headers, body: Buffer.alloc(300_000) })).status).toBe(500);
    expect((await host.get('/v1/call-logs', { as: token })).body.data).toMatchObject([{ path: '/upload', status: 500 }]);
  });

  it('is one system: a second KeystileModule in it is refused, in words', async () => {
    const database = await openDatabase('sqlite::memory:', keystileEntities);
    open.push(() => database.destroy());
    await migrateKeystile(database);
    const owners = {
      standing: () => Promise.resolve({ isActive: true, organizationStatus: 'active' as const, scopes: ['*'], userId: 'ada' }),
    };
    const keystile = (realm: string) =>
      KeystileModule.forRoot({ database, realm, owners, peppers: [{ id: 'p', secret: Buffer.alloc(32, 7) }] });
    @Module({ imports: [keystile('left'), keystile('right')] })
    class TwoModule {}
    const two = NestFactory.create(TwoModule, ADAPTERS[adapter]!(), { logger: false, abortOnError: false });
    await expect(two).rejects.toThrow('KeystileModule stands twice in one application');

    const shared = keystile('shared');
    @Module({ imports: [shared] })
    class FeatureModule {}
    @Module({ imports: [shared, FeatureModule] })
    class OneModule {}
    const app = await NestFactory.create(OneModule, ADAPTERS[adapter]!(), { logger: false, abortOnError: false });
    await app.init();
    await app.close();
  });
});

describe('Where the records of a host are kept', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keystile-records-'));
    open.push(() => Promise.resolve(rmSync(folder, { recursive: true })));
  });

  const aKey = (kid: string): CheckpointKey => ({
    ...(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as Omit<CheckpointKey, 'kid'>),
    kid,
  });

  it('is said by its options: the folder of the journal, and who signs the audit chains', async () => {
    const file = join(folder, 'checkpoints.ndjson');
    const journal = { dir: join(folder, 'journal'), sync: 'fsync', maxBytes: 32 * 1024 * 1024, replica: 'left' } as const;
    const keystile = { api: true, journal, checkpoints: { signingKeys: [aKey('c1')], file, intervalSeconds: 60 } };
    const host = await start({ controllers: [OwnController], keystile });
    const token = await host.signIn();
    await host.issueKey({ name: 'signed for' });
    expect(readdirSync(journal.dir)).toHaveLength(1);
    await host.app.get(CheckpointJob, { strict: false }).run();
    const [line] = readFileSync(file, 'utf8').trim().split('\n');
    expect(JSON.parse(line!)).toMatchObject({ organizationId: 'acme', sequence: 1, kid: 'c1' });
    expect((await host.get('/v1/audit-events/checkpoints', { as: token })).body.data).toMatchObject([{ sequence: 1, kid: 'c1' }]);
    expect((await host.get('/v1/audit-events/verify', { as: token })).body).toMatchObject({ valid: true });
  });

  it.each([
    ['checkpoints without keys', { checkpoints: { signingKeys: [] } }, 'private Ed25519 JWKs'],
    ['two signing keys of one name', { checkpoints: { signingKeys: [aKey('c'), aKey('c')] } }, 'a kid of its own'],
    ['a public key that should sign', { checkpoints: { signingKeys: [{ ...aKey('c'), d: '' }] } }, 'private Ed25519 JWKs'],
    [
      'a webhook that is no address',
      { checkpoints: { signingKeys: [aKey('c')], webhook: { url: 'here', secret: 's' } } },
      'http or https URL',
    ],
    ['a journal without room', { journal: { maxBytes: 1 } }, 'journal.maxBytes'],
  ])('is looked at before the start: %s', async (_what, keystile, words) => {
    await expect(TestHost.start({ keystile })).rejects.toThrow(words);
  });
});
