import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { openDatabase } from 'keystile';
import { type Answer, callHttp, type CallOptions, FixedClock, type TemporaryDatabase, temporaryDatabase } from 'keystile/testing';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import { axeViolations, describeInBrowser } from '../../test/support/page';
import { DOCUMENTED_PORT } from './manager-rules';
import {
  prepareWhatsappManager,
  WhatsappManagerModule,
  type WhatsappManagerOptions,
  whatsappManagerEntities,
} from './whatsapp-manager.module';

const PASSWORD = 'correct horse battery staple';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const peppers = [{ id: 'p1', secret: randomBytes(32) }];
const clock = new FixedClock(new Date('2024-01-01T00:00:00Z'));

let temporary: TemporaryDatabase;
let database: DataSource;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  temporary = await temporaryDatabase();
  database = await openDatabase(temporary.url ?? 'sqlite::memory:', whatsappManagerEntities);
  await prepareWhatsappManager(database);
  app = await start();
  url = await app.getUrl();
});

afterAll(async () => {
  await app?.close();
  await database?.destroy();
  await temporary?.drop();
});

async function start(options: Partial<WhatsappManagerOptions> = {}): Promise<NestFastifyApplication> {
  const started = await NestFactory.create<NestFastifyApplication>(
    WhatsappManagerModule.forRoot({ database, peppers, clock, ...options }),
    new FastifyAdapter(),
    { logger: ['error'], abortOnError: false },
  );
  await started.listen(0, '127.0.0.1');
  return started;
}

const call = (method: string, path: string, options?: CallOptions): Promise<Answer> => callHttp(url, method, path, options);

/** The same verbs for a person with a JWT and a program with a key. */
interface Caller {
  call(method: string, path: string, body?: object): Promise<Answer>;
}

const withKey = (key: string): Caller => ({
  call: (method, path, body) => call(method, path, { headers: { 'x-api-key': key }, ...(body ? { body } : {}) }),
});

class User implements Caller {
  private constructor(
    readonly id: string,
    readonly token: string,
  ) {}

  static async admin(): Promise<User> {
    const registered = await call('POST', '/api/auth/register', {
      body: { email: newEmail(), password: PASSWORD, full_name: 'Ada Admin', organization_name: 'Acme' },
      from: anAddress(),
    });
    expect(registered.status).toBe(201);
    const { user, access_token } = registered.body.data;
    return new User(user.id, access_token);
  }

  /** A colleague. */
  async colleague(role: string): Promise<User> {
    const email = newEmail();
    const body = { email, password: PASSWORD, full_name: role, role };
    expect((await this.call('POST', '/api/users', body)).status).toBe(201);
    const { data } = (await call('POST', '/api/auth/login', { body: { email, password: PASSWORD }, from: anAddress() })).body;
    return new User(data.user.id, data.access_token);
  }

  call(method: string, path: string, body?: object): Promise<Answer> {
    return call(method, path, { as: this.token, ...(body ? { body } : {}) });
  }

  async createKey(body: object = { name: 'Production Integration' }): Promise<Record<string, string>> {
    const answer = await this.call('POST', '/api/api-keys', body);
    expect(answer.status).toBe(201);
    return answer.body.data as Record<string, string>;
  }

  async keys(): Promise<Array<Record<string, unknown>>> {
    const answer = await this.call('GET', '/api/api-keys');
    expect(answer.status).toBe(200);
    return answer.body.data as Array<Record<string, unknown>>;
  }
}

/** Somewhere else each time: sign-ups are limited by address. */
const anAddress = (): string => `127.${[...randomBytes(3)].map((byte) => Math.max(1, byte % 255)).join('.')}`;

const newEmail = (): string => `${randomBytes(6).toString('hex')}@example.com`;
const contacts = (caller: Caller): Promise<Answer> => caller.call('GET', '/api/contacts');
const INVALID = { status: 401, body: { status: 'error', message: 'Invalid API key' } };

describe('credentials', () => {
  it('W01 are a JWT or an API key, on the same endpoints', async () => {
    const admin = await User.admin();
    const { key } = await admin.createKey();
    expect((await contacts(admin)).status).toBe(200);
    expect((await contacts(withKey(key!))).status).toBe(200);
    expect(await call('GET', '/api/contacts')).toMatchObject({
      status: 401,
      body: { status: 'error', message: 'Missing or invalid X-API-Key or Authorization header' },
    });
  });

  it('W02 of programs come in X-API-Key', async () => {
    const admin = await User.admin();
    const { key } = await admin.createKey();
    expect((await call('GET', '/api/contacts', { headers: { 'X-API-Key': key! } })).status).toBe(200);
    expect((await call('GET', '/api/contacts', { headers: { 'x-api-key': admin.token } })).status).toBe(401);
    expect((await call('GET', `/api/contacts?api_key=${key!}`)).status).toBe(401);
  });

  it('W02 come as a bearer token only where the configuration says so', async () => {
    const admin = await User.admin();
    const { key } = await admin.createKey();
    expect((await call('GET', '/api/contacts', { as: key! })).status).toBe(401);
    const lenient = await start({ takesBearerKeys: true });
    const at = await lenient.getUrl();
    expect((await callHttp(at, 'GET', '/api/contacts', { as: key! })).status).toBe(200);
    expect((await callHttp(at, 'GET', '/api/contacts', { headers: { 'x-api-key': key! } })).status).toBe(200);
    await lenient.close();
  });

  it('W03 are shown to GET /api/contacts on port 8080', async () => {
    expect(DOCUMENTED_PORT).toBe(8080);
    expect(readFileSync(join(__dirname, 'main.ts'), 'utf8')).toContain('{ port: DOCUMENTED_PORT }');
    const admin = await User.admin();
    const { key } = await admin.createKey();
    expect(await contacts(withKey(key!))).toMatchObject({ status: 200, body: { status: 'success', data: [] } });
  });
});

describe('the list of keys', () => {
  it('W04, W05 holds every key of the organization, whoever made it, and none of another one', async () => {
    const [admin, stranger] = [await User.admin(), await User.admin()];
    const second = await admin.colleague('admin');
    await stranger.createKey({ name: 'Theirs' });
    await admin.createKey({ name: 'First' });
    await second.createKey({ name: 'Second' });
    const answer = await admin.call('GET', '/api/api-keys');
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(['status', 'data']);
    expect(answer.body.status).toBe('success');
    expect((answer.body.data as Array<{ name: string }>).map(({ name }) => name).toSorted()).toEqual(['First', 'Second']);
    expect(await second.keys()).toEqual(await admin.keys());
  });

  it('W04 holds them all, however many there are', async () => {
    const admin = await User.admin();
    for (let i = 0; i < 105; i++) await admin.createKey({ name: `Key ${i}` });
    expect(await admin.keys()).toHaveLength(105);
  });

  it('W06 shows exactly id, name, key_prefix, last_used_at, expires_at, is_active and created_at', async () => {
    const admin = await User.admin();
    const { key, id } = await admin.createKey({ name: 'Production Integration', expires_at: '2025-12-31T23:59:59Z' });
    const before = {
      id,
      name: 'Production Integration',
      key_prefix: key!.slice(4, 12),
      last_used_at: null,
      expires_at: '2025-12-31T23:59:59Z',
      is_active: true,
      created_at: clock.now().toISOString().replace('.000Z', 'Z'),
    };
    expect(id).toMatch(UUID);
    expect(await admin.keys()).toEqual([before]);
    clock.move({ minutes: 5 });
    await contacts(withKey(key!));
    expect(await admin.keys()).toEqual([{ ...before, last_used_at: clock.now().toISOString().replace('.000Z', 'Z') }]);
  });

  it('W06 says `is_active: false` of a key that has expired, and of one whose maker has left', async () => {
    const admin = await User.admin();
    const leaver = await admin.colleague('admin');
    await leaver.createKey({ name: 'Of somebody who leaves' });
    await admin.call('PUT', `/api/users/${leaver.id}`, { is_active: false });
    expect(await admin.keys()).toEqual([expect.objectContaining({ is_active: false })]);
    const { key } = await admin.createKey({ name: 'Short', expires_at: new Date(clock.now().getTime() + 60_000).toISOString() });
    expect((await contacts(withKey(key!))).status).toBe(200);
    clock.move({ minutes: 2 });
    const expired = (await admin.keys()).find(({ name }) => name === 'Short');
    expect(expired).toMatchObject({ is_active: false });
    expect((await contacts(withKey(key!))).status).toBe(401);
  });
});

describe('a new key', () => {
  it('W09 is answered with 201 and exactly id, name, key, key_prefix, expires_at and created_at', async () => {
    const admin = await User.admin();
    const answer = await admin.call('POST', '/api/api-keys', { name: 'Production Integration', expires_at: '2025-12-31T23:59:59Z' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      status: 'success',
      data: {
        id: expect.stringMatching(UUID),
        name: 'Production Integration',
        key: expect.stringMatching(/^whm_[0-9a-f]{32}$/),
        key_prefix: (answer.body.data.key as string).slice(4, 12),
        expires_at: '2025-12-31T23:59:59Z',
        created_at: clock.now().toISOString().replace('.000Z', 'Z'),
      },
    });
  });

  it.each([[{}], [{ name: '' }], [{ name: '   ' }], [{ name: 7 }], [{ name: null }]])(
    'W07 needs a friendly name, and %j has none',
    async (body) => {
      const admin = await User.admin();
      expect(await admin.call('POST', '/api/api-keys', body)).toMatchObject({
        status: 400,
        body: { status: 'error', errors: [{ field: 'name' }] },
      });
      expect(await admin.keys()).toEqual([]);
    },
  );

  it.each([
    ['2025-12-31T23:59:59Z', '2025-12-31T23:59:59Z'],
    ['2025-12-31T23:59:59+02:00', '2025-12-31T21:59:59Z'],
    ['2025-12-31T23:59:59.500-05:30', '2026-01-01T05:29:59.500Z'],
    [null, null],
    [undefined, null],
  ])('W08 expires at %s, that is at %s', async (given, shown) => {
    const admin = await User.admin();
    expect(await admin.createKey({ name: 'x', ...(given === undefined ? {} : { expires_at: given }) })).toMatchObject({
      expires_at: shown,
    });
  });

  it.each(['2025-12-31', '2025-12-31T23:59:59', '2025-02-30T00:00:00Z', '31.12.2025', '', 1_767_225_599, '2020-01-01T00:00:00Z'])(
    'W08 does not expire at %j, which is no RFC 3339 time to come',
    async (expires_at) => {
      const admin = await User.admin();
      expect(await admin.call('POST', '/api/api-keys', { name: 'x', expires_at })).toMatchObject({
        status: 400,
        body: { status: 'error', errors: [{ field: 'expires_at' }] },
      });
      expect(await admin.keys()).toEqual([]);
    },
  );

  it('W09 is shown once, and never stored', async () => {
    const admin = await User.admin();
    const { key } = await admin.createKey();
    expect((await admin.call('GET', '/api/api-keys')).text).not.toContain(key!.slice(12));
    for (const table of ['api_keys', 'api_key_credentials', 'keystile_audit_events', 'keystile_call_logs']) {
      expect(JSON.stringify(await database.query(`SELECT * FROM ${table}`))).not.toContain(key!.slice(12));
    }
  });

  it('W12 reads whm_ and 32 hexadecimal characters', async () => {
    const admin = await User.admin();
    for (let i = 0; i < 5; i++) expect((await admin.createKey()).key).toMatch(/^whm_[0-9a-f]{32}$/);
  });

  it('W12 the example of the document reads like a key, and is an invalid one', async () => {
    expect(await contacts(withKey('whm_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6'))).toMatchObject(INVALID);
    const calls = await prefixesInLog(() => contacts(withKey('whm_a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6')));
    expect(calls).toContain('whm_a1b2c3d4');
    expect(await contacts(withKey('whm_A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6'))).toMatchObject(INVALID);
  });

  it('W13 has the first 8 characters behind whm_ as its key_prefix', async () => {
    const { key, key_prefix } = await (await User.admin()).createKey();
    expect(key_prefix).toBe(key!.slice('whm_'.length, 'whm_'.length + 8));
  });

  it('W07 is for admins to make: others may not even see them', async () => {
    const admin = await User.admin();
    const agent = await admin.colleague('agent');
    expect((await agent.call('POST', '/api/api-keys', { name: 'x' })).status).toBe(403);
    expect((await agent.call('GET', '/api/api-keys')).status).toBe(403);
  });
});

describe('deleting a key', () => {
  it('W10, W11 revokes it at once and for good, in the words of the document; the row stays', async () => {
    const admin = await User.admin();
    const { key, id } = await admin.createKey();
    expect((await contacts(withKey(key!))).status).toBe(200);
    const answer = await admin.call('DELETE', `/api/api-keys/${id!}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'success', data: { message: 'API key deleted successfully' } });
    expect((await contacts(withKey(key!))).status).toBe(401);
    expect(await admin.keys()).toEqual([]);
    expect((await admin.call('DELETE', `/api/api-keys/${id!}`)).status).toBe(404);
    const rows: object[] = await database.query(
      'SELECT k.id FROM api_keys k JOIN api_key_credentials c ON c.key_id = k.id WHERE c.prefix = ? AND k.revoked_at IS NOT NULL',
      [key!.slice(0, 12)],
    );
    expect(rows).toHaveLength(1);
    for (const method of ['PUT', 'PATCH', 'POST']) {
      expect((await admin.call(method, `/api/api-keys/${id!}`, { is_active: true })).status).toBe(404);
    }
  });

  it('resolution 4 comes after recreating it: both work until then, under one name', async () => {
    const admin = await User.admin();
    const body = { name: 'Production Integration' };
    const [old, next] = [await admin.createKey(body), await admin.createKey(body)];
    for (const { key } of [old, next]) expect((await contacts(withKey(key!))).status).toBe(200);
    expect((await admin.call('DELETE', `/api/api-keys/${old.id!}`)).status).toBe(200);
    expect((await contacts(withKey(old.key!))).status).toBe(401);
    expect((await contacts(withKey(next.key!))).status).toBe(200);
    expect(await admin.keys()).toMatchObject([{ id: next.id, name: body.name }]);
  });

  it('W10 is not possible from another organization, nor for what is no id', async () => {
    const [admin, stranger] = [await User.admin(), await User.admin()];
    const { key, id } = await admin.createKey();
    for (const other of [id!, 'x', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '%00']) {
      expect(await stranger.call('DELETE', `/api/api-keys/${other}`)).toMatchObject({ status: 404, body: { status: 'error' } });
    }
    expect((await contacts(withKey(key!))).status).toBe(200);
  });
});

describe('what a key may do', () => {
  it('W15 is what its maker may do at the moment of the call: a demoted admin demotes the key, both ways', async () => {
    const admin = await User.admin();
    const maker = await admin.colleague('admin');
    const { key } = await maker.createKey();
    const program = withKey(key!);
    const campaigns = (): Promise<Answer> => program.call('GET', '/api/campaigns');
    expect((await campaigns()).status).toBe(200);

    await admin.call('PUT', `/api/users/${maker.id}`, { role: 'agent' });
    expect(await campaigns()).toMatchObject({ status: 403, body: { status: 'error' } });
    expect((await contacts(program)).status).toBe(200);
    expect((await program.call('POST', '/api/api-keys', { name: 'more' })).status).toBe(403);

    await admin.call('PUT', `/api/users/${maker.id}`, { role: 'admin' });
    expect((await campaigns()).status).toBe(200);
  });

  it('W15 is nothing once its maker is out', async () => {
    const admin = await User.admin();
    const maker = await admin.colleague('admin');
    const { key } = await maker.createKey();
    await admin.call('PUT', `/api/users/${maker.id}`, { is_active: false });
    expect((await contacts(withKey(key!))).status).toBe(401);
    expect((await contacts(maker)).status).toBe(401);
  });

  it('W15 a key made with a key inherits from the same admin', async () => {
    const admin = await User.admin();
    const maker = await admin.colleague('admin');
    const { key } = await maker.createKey();
    const child = await withKey(key!).call('POST', '/api/api-keys', { name: 'Child' });
    expect(child.status).toBe(201);
    const program = withKey(child.body.data.key as string);
    expect((await program.call('GET', '/api/campaigns')).status).toBe(200);
    await admin.call('PUT', `/api/users/${maker.id}`, { role: 'agent' });
    expect((await program.call('GET', '/api/campaigns')).status).toBe(403);
  });

  it('W15 an organization keeps an admin, also when two demote each other at the same moment', async () => {
    const admin = await User.admin();
    const second = await admin.colleague('admin');
    const answers = await Promise.all([
      admin.call('PUT', `/api/users/${second.id}`, { role: 'agent' }),
      second.call('PUT', `/api/users/${admin.id}`, { role: 'agent' }),
    ]);
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses[0]).toBe(200);
    expect([403, 409]).toContain(statuses[1]);
    expect((await admin.call('PUT', `/api/users/${admin.id}`, { is_active: false })).status).not.toBe(200);
  });

  it('W16 is all of it: contacts and assignment, messages, templates and flows, campaigns, chatbot, analytics', async () => {
    const admin = await User.admin();
    const agent = await admin.colleague('agent');
    const program = withKey((await admin.createKey()).key!);
    const ok = async (method: string, path: string, body?: object): Promise<any> => {
      const answer = await program.call(method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, method === 'POST' && !path.endsWith('/start') ? 201 : 200]);
      expect(answer.body.status).toBe('success');
      return answer.body.data;
    };

    const grace = await ok('POST', '/api/contacts', { name: 'Grace', phone: '+491701234567' });
    expect((await program.call('POST', '/api/contacts', { name: 'Twin', phone: '+491701234567' })).status).toBe(409);
    expect(await ok('PUT', `/api/contacts/${grace.id}`, { name: 'Grace H.' })).toMatchObject({ name: 'Grace H.' });
    expect(await ok('PUT', `/api/contacts/${grace.id}/assign`, { user_id: agent.id })).toMatchObject({ assigned_user_id: agent.id });
    expect(await ok('GET', `/api/contacts?assigned_to=${agent.id}`)).toHaveLength(1);

    expect(await ok('POST', `/api/contacts/${grace.id}/messages`, { content: 'Hello' })).toMatchObject({ status: 'queued' });
    expect(await ok('GET', `/api/contacts/${grace.id}/messages`)).toHaveLength(1);

    const template = await ok('POST', '/api/templates', { name: 'Offer', body: 'Dear {{name}}, {{unknown}}' });
    expect(await ok('GET', '/api/templates')).toEqual([template]);
    const flow = await ok('POST', '/api/flows', { name: 'Sign-up', steps: ['Your name?', 'Your city?'] });
    expect(await ok('GET', '/api/flows')).toEqual([flow]);

    expect(await ok('PUT', '/api/chatbot/settings', { is_enabled: true, greeting: 'Welcome!' })).toMatchObject({ is_enabled: true });
    expect(await ok('GET', '/api/chatbot/settings')).toEqual({ is_enabled: true, greeting: 'Welcome!' });
    const greeted = await ok('POST', '/api/contacts', { name: 'Alan', phone: '+441632960961' });
    expect(await ok('GET', `/api/contacts/${greeted.id}/messages`)).toEqual([expect.objectContaining({ content: 'Welcome!' })]);

    const campaign = await ok('POST', '/api/campaigns', { name: 'Spring', template_id: template.id });
    expect(campaign).toMatchObject({ status: 'draft' });
    const starts = await Promise.all([1, 2, 3].map(() => program.call('POST', `/api/campaigns/${campaign.id}/start`)));
    expect(starts.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(starts.find(({ status }) => status === 200)!.body.data).toMatchObject({ status: 'started', recipients: 2 });
    expect((await ok('GET', `/api/contacts/${greeted.id}/messages`)).map(({ content }: { content: string }) => content)).toContain(
      'Dear Alan, {{unknown}}',
    );
    expect(await ok('GET', '/api/campaigns')).toEqual([expect.objectContaining({ status: 'started' })]);

    expect(await ok('GET', '/api/analytics')).toEqual({
      contacts: 2,
      assigned_contacts: 1,
      messages: 4,
      campaign_messages: 2,
      campaigns_started: 1,
    });
    await ok('DELETE', `/api/flows/${flow.id}`);
    await ok('DELETE', `/api/templates/${template.id}`);
    await ok('DELETE', `/api/contacts/${grace.id}`);
    expect(await ok('GET', '/api/analytics')).toMatchObject({ contacts: 1, messages: 2 });
  });

  it('W16 ends at the organization', async () => {
    const [admin, stranger] = [await User.admin(), await User.admin()];
    const contact = (await admin.call('POST', '/api/contacts', { name: 'Ours', phone: '+491701111111' })).body.data;
    const template = (await admin.call('POST', '/api/templates', { name: 'Ours', body: 'x' })).body.data;
    const program = withKey((await stranger.createKey()).key!);
    for (const [method, path, body] of [
      ['GET', `/api/contacts/${contact.id}`],
      ['PUT', `/api/contacts/${contact.id}`, { name: 'Theirs' }],
      ['DELETE', `/api/contacts/${contact.id}`],
      ['PUT', `/api/contacts/${contact.id}/assign`, { user_id: null }],
      ['POST', `/api/contacts/${contact.id}/messages`, { content: 'x' }],
      ['DELETE', `/api/templates/${template.id}`],
    ] as const) {
      expect([path, (await program.call(method, path, body)).status]).toEqual([path, 404]);
    }
    expect((await program.call('POST', '/api/campaigns', { name: 'x', template_id: template.id })).status).toBe(400);
    expect((await contacts(program)).body.data).toEqual([]);
  });
});

it('W14, W17 the document says what keys are for and how to keep them, with the address that the reader came by', async () => {
  const { status, text, headers } = await call('GET', '/docs/api-keys');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/markdown; charset=utf-8');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'ideal for server-to-server integrations, automation scripts, and third-party applications.',
  );
  expect(text).toContain('Delete and recreate keys periodically');
  expect(text).toContain(`curl -X GET "${url}/api/contacts"`);
});

async function prefixesInLog(work: () => Promise<unknown>): Promise<unknown[]> {
  await work();
  await (await User.admin()).keys();
  const rows: Array<Record<string, unknown>> = await database.query('SELECT * FROM keystile_call_logs');
  return rows.flatMap((row) => Object.values(row));
}

describe('the page of Keystile', () => {
  /** As the page calls: with the cookie of the sign-in, from its own origin. */
  const onPage = (user: User): Caller => ({
    call: (method, path, body) =>
      call(method, path, {
        headers: { cookie: `keystile_session=${user.token}`, 'sec-fetch-site': 'same-origin' },
        ...(body ? { body } : {}),
      }),
  });
  const statusOf = async (caller: Caller, method: string, path: string, body?: object): Promise<number> =>
    (await caller.call(method, path, body)).status;
  const KEY = { name: 'From the page', scopes: ['*'] };

  it('W04 W15 stands at /api-management in the words of the document, under a policy of its own', async () => {
    expect((await call('GET', '/')).headers['location']).toBe('/api-management');
    const { status, headers, text } = await call('GET', '/api-management/keys');
    expect(status).toBe(200);
    const options = text.replaceAll('&quot;', '"');
    for (const words of ['"signIn":"/sign-in"', '"keyHeader":"X-API-Key:"', 'inherit the permissions of the admin user'])
      expect(options).toContain(words);
    const [, nonce] = / nonce="([^"]+)"/.exec(text)!;
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    const signIn = await call('GET', '/sign-in');
    expect(signIn.headers['content-security-policy']).toContain("script-src 'self'");
    expect((await call('GET', '/docs/api-keys')).text).toContain('/api-management');
  });

  it('W01 answers who has signed in, by a cookie for it alone, and nobody else', async () => {
    const email = newEmail();
    const body = { email, password: PASSWORD, full_name: 'Ada', organization_name: 'Acme' };
    const { cookies } = await call('POST', '/api/auth/register', { body, from: anAddress() });
    expect(cookies).toEqual([expect.stringMatching(/^keystile_session=[^;]+; Path=\/v1; HttpOnly; SameSite=Strict; Max-Age=\d+$/)]);
    const again = await call('POST', '/api/auth/login', { body: { email, password: PASSWORD }, from: anAddress() });
    const cookie = again.cookies[0]!.split(';', 1)[0]!;
    expect((await call('GET', '/v1/api-keys', { headers: { cookie } })).status).toBe(200);
    expect((await call('GET', '/v1/api-keys')).status).toBe(401);
    const forged = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await call('POST', '/v1/api-keys', { headers: forged, body: KEY })).status).toBe(403);
    expect((await call('GET', '/v1/api-keys', { headers: { cookie } })).body.data).toEqual([]);
  });

  it('W07 is for admins: others neither see keys there nor make them', async () => {
    const admin = await User.admin();
    const { id } = (await onPage(admin).call('POST', '/v1/api-keys', KEY)).body as { id: string };
    for (const role of ['manager', 'agent']) {
      const page = onPage(await admin.colleague(role));
      expect(await statusOf(page, 'GET', '/v1/api-keys')).toBe(403);
      expect(await statusOf(page, 'POST', '/v1/api-keys', KEY)).toBe(403);
      expect(await statusOf(page, 'POST', `/v1/api-keys/${id}/revoke`, {})).toBe(403);
      expect(await statusOf(page, 'GET', '/v1/call-logs')).toBe(403);
    }
    const stranger = onPage(await User.admin());
    expect(await statusOf(stranger, 'GET', `/v1/api-keys/${id}`)).toBe(404);
    expect(await statusOf(stranger, 'POST', `/v1/api-keys/${id}/revoke`, {})).toBe(404);
  });

  it('W15 a key made there goes with the admin who made it, in whosever name it was asked for', async () => {
    const admin = await User.admin();
    const maker = await admin.colleague('admin');
    const page = onPage(maker);
    const made = await page.call('POST', '/v1/api-keys', KEY);
    expect(made).toMatchObject({ status: 201, body: { owner: { type: 'user', id: maker.id } } });
    const program = withKey(made.body.key as string);
    expect((await contacts(program)).status).toBe(200);
    for (const owner of [
      { type: 'user', id: admin.id },
      { type: 'organization', id: 'anything' },
    ])
      for (const caller of [page, program]) expect(await statusOf(caller, 'POST', '/v1/api-keys', { ...KEY, owner })).toBe(403);
    await admin.call('PUT', `/api/users/${maker.id}`, { role: 'agent' });
    expect((await program.call('GET', '/api/campaigns')).status).toBe(403);
    await admin.call('PUT', `/api/users/${maker.id}`, { is_active: false });
    expect((await contacts(program)).status).toBe(401);
  });

  it('W15 nobody gets hold of the secret of another admin’s key, to keep it when they are out', async () => {
    const admin = await User.admin();
    const leaver = await admin.colleague('admin');
    const { key } = await admin.createKey();
    const [{ id } = { id: '' }] = (await onPage(leaver).call('GET', '/v1/api-keys')).body.data as Array<{ id: string }>;
    const program = withKey((await leaver.createKey()).key!);
    for (const caller of [onPage(leaver), program]) {
      expect(await statusOf(caller, 'POST', `/v1/api-keys/${id}/rotate`, { overlapSeconds: 3600 })).toBe(403);
      expect(await statusOf(caller, 'PATCH', `/v1/api-keys/${id}`, { expiresAt: null })).toBe(403);
      expect(await statusOf(caller, 'POST', `/v1/members/${admin.id}/keys/rotate`, {})).toBe(403);
      expect(await statusOf(caller, 'POST', '/v1/api-key-imports', { source: 'elsewhere' })).toBe(403);
    }
    expect((await contacts(withKey(key!))).status).toBe(200);
    expect(await statusOf(onPage(leaver), 'POST', `/v1/api-keys/${id}/revoke`, {})).toBe(200);
    expect((await contacts(withKey(key!))).status).toBe(401);
  });
});

describeInBrowser('the page of Keystile, in a browser', (browser) => {
  it('W02 W07 leads from the registration to a key, and says how to send it', async () => {
    const { page } = await browser.openContext({ clock }, { expects: [401] });
    await page.goto(`${url}/api-management/keys/new?name=Production+Integration&expires=never`);
    await page.waitForURL(`${url}/sign-in?next=*`);
    expect(await axeViolations(page)).toEqual([]);
    const form = page.locator('#register');
    await form.getByLabel('Organization').fill('Acme');
    await form.getByLabel('Your name').fill('Ada');
    await form.getByLabel('E-mail').fill(newEmail());
    await form.getByLabel('Password').fill(PASSWORD);
    await form.getByRole('button', { name: 'Register' }).click();

    await page.getByRole('heading', { level: 1, name: 'Create API Key' }).waitFor();
    expect(await page.locator('form').innerText()).not.toMatch(/Scopes|Environment|owner/i);
    await page.getByRole('button', { name: 'Create API Key' }).click();
    const key = (await page.getByTestId('secret').textContent())!;
    expect(key).toMatch(/^whm_[0-9a-f]{32}$/);
    expect((await contacts(withKey(key))).status).toBe(200);
    expect(await page.locator('main').innerText()).toContain(`curl -i ${url}/api/contacts \\\n  -H "X-API-Key: ${key}"`);
    await page.getByRole('tab', { name: 'JavaScript' }).click();
    expect(await page.locator('main').innerText()).toContain("'X-API-Key': `${process.env.API_KEY}`");

    await page.getByLabel('I have stored the key').check();
    await page.getByRole('button', { name: 'Done' }).click();
    expect(await page.getByRole('button', { name: 'Rotate' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Documentation' }).getAttribute('href')).toBe('/docs/api-keys');
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    expect(await axeViolations(page)).toEqual([]);
  });
});
