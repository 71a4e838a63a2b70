import { keystileEntities, openDatabase } from 'keystile';
import { type Answer, callHttp, FixedClock, temporaryDatabase } from 'keystile/testing';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';

import { Browser, BROWSER_PATH } from '../../test/support/browser';
import { axeViolations, describeInBrowser } from '../../test/support/page';
import { Account, Person } from './account.entity';
import { type CardCharge, startPretendNetwork } from './card-network';
import { hashPassword } from './password';
import { paymentsEntities, type RunningPayments, startPayments } from './payments';

const OWNER = { name: 'Acme', email: 'owner@acme.example', password: 'correct horse' };
const NEIGHBOUR = { name: 'Neighbour', email: 'owner@neighbour.example', password: 'battery staple' };
const UNAUTHORIZED = { success: false, message: 'Missing or invalid API key' };
const FORBIDDEN = { success: false, message: "API key doesn't have permission for this resource" };

let payments: RunningPayments;
let database: DataSource;
let network: Awaited<ReturnType<typeof startPretendNetwork>>;
let clock: FixedClock;
let drop: () => Promise<void>;
let owner: string;
/** What the card network received, over the wire. */
const received: CardCharge[] = [];

type CallOptions = NonNullable<Parameters<typeof callHttp>[3]>;

const call = (method: string, path: string, options: CallOptions = {}): Promise<Answer> => callHttp(payments.url, method, path, options);

const statusOf = async (method: string, path: string, options: CallOptions = {}): Promise<number> =>
  (await call(method, path, options)).status;

async function signIn({ email, password }: { email: string; password: string }): Promise<string> {
  return (await call('POST', '/v1/sessions', { body: { email, password } })).body.data.token as string;
}

async function issue(type: 'test' | 'live', restrictions: object = {}, as = owner): Promise<{ id: string; key: string }> {
  const answer = await call('POST', '/v1/api-keys', { as, body: { name: 'Production Key', type, restrictions } });
  expect(answer).toMatchObject({ status: 201, body: { success: true } });
  return answer.body.data as { id: string; key: string };
}

beforeAll(async () => {
  const temporary = await temporaryDatabase();
  drop = temporary.drop;
  clock = new FixedClock(new Date('2025-01-01T00:00:00Z'));
  network = await startPretendNetwork((charge) => received.push(charge));
  database = await openDatabase(temporary.url ?? 'sqlite::memory:', [...paymentsEntities, ...keystileEntities]);
  payments = await startPayments({
    database,
    pepper: Buffer.alloc(32, 1),
    cardNetwork: network.url,
    firstAccount: OWNER,
    host: '127.0.0.1',
    port: 0,
    clock,
    trustedProxies: ['127.0.0.1'],
  });
  await payments.open(NEIGHBOUR);
  owner = await signIn(OWNER);
});

beforeEach(() => {
  received.length = 0;
});

afterAll(async () => {
  await payments?.stop();
  await network?.stop();
  await drop?.();
});

describe('API keys of the payments', () => {
  it('G01 lets programs in by API key, and people by signing in', async () => {
    const { key } = await issue('live');
    expect(await statusOf('GET', '/v1/users', { as: key })).toBe(200);
    expect(await statusOf('GET', '/v1/users', { as: owner })).toBe(200);
    expect(await statusOf('POST', '/v1/sessions', { body: { email: OWNER.email, password: 'wrong' } })).toBe(401);
  });

  it('G02 a key belongs to its account, and reaches no other', async () => {
    const theirs = await issue('live', {}, await signIn(NEIGHBOUR));
    const made = await call('POST', '/v1/users', { as: theirs.key, body: { name: 'Theirs', email: 'theirs@example.com' } });
    const { key } = await issue('live');
    expect(await statusOf('GET', `/v1/users/${made.body.data.id}`, { as: key })).toBe(404);
    expect(await statusOf('GET', `/v1/users/${made.body.data.id}`, { as: theirs.key })).toBe(200);
    expect(await statusOf('DELETE', `/v1/api-keys/${theirs.id}`, { as: owner })).toBe(404);
    const [row] = await database.query('SELECT owner_type FROM api_keys WHERE id = ?', [theirs.id]);
    expect(row.owner_type).toBe('organization');
  });

  it('resolution 15 a key belongs to the account, not to the person who made it', async () => {
    const person = { accountId: '', id: 'leaver', email: 'leaver@acme.example', role: 'owner' as const };
    const [account] = await database.getRepository(Account).findBy({ name: OWNER.name });
    const passwordHash = await hashPassword(OWNER.password);
    await database.getRepository(Person).insert({ ...person, accountId: account!.id, passwordHash });
    const { id, key } = await issue('live', {}, await signIn({ email: person.email, password: OWNER.password }));
    await database.getRepository(Person).delete({ id: person.id });
    expect(await statusOf('GET', '/v1/users', { as: key })).toBe(200);
    expect(await statusOf('DELETE', `/v1/api-keys/${id}`, { as: owner })).toBe(200);
    const [row] = await database.query('SELECT created_by, revoked_at FROM api_keys WHERE id = ?', [id]);
    expect(row.created_by).toBe(person.id);
    // Deleting ends the key; its row stays for the records.
    expect(row.revoked_at).not.toBeNull();
  });

  it('G04 a key without restrictions provides full access, to the keys of the account as well', async () => {
    const { key } = await issue('live');
    const other = await issue('live');
    for (const path of ['/v1/users', '/v1/charges', '/v1/api-keys', '/v1/security-events'])
      expect(await statusOf('GET', path, { as: key })).toBe(200);
    expect(await statusOf('DELETE', `/v1/api-keys/${other.id}`, { as: key })).toBe(200);
  });

  it('G05 reads the key from the Authorization header and from nowhere else', async () => {
    const { key } = await issue('live');
    expect(await statusOf('GET', '/v1/users', { headers: { authorization: `Bearer ${key}` } })).toBe(200);
    expect(await statusOf('GET', '/v1/users', { headers: { 'x-api-key': key } })).toBe(401);
    expect(await statusOf('GET', `/v1/users?api_key=${key}`)).toBe(401);
    for (const [method, path] of [
      ['GET', '/v1/users/usr_123'],
      ['POST', '/v1/charges'],
      ['GET', '/v1/api-keys'],
      ['DELETE', '/v1/api-keys/key_123'],
    ] as const)
      expect(await call(method, path)).toMatchObject({ status: 401, body: UNAUTHORIZED });
  });

  it('G06 its example runs', async () => {
    const { key } = await issue('live');
    const [sample = ''] = /curl[^`]*?sk_live_abc123xyz789"/.exec(readFileSync(join(__dirname, 'authentication.md'), 'utf8')) ?? [];
    const command = sample.replace('https://api.example.com', payments.url).replace('sk_live_abc123xyz789', key);
    const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent --fail`]);
    expect(JSON.parse(stdout)).toEqual({
      success: true,
      data: { id: 'usr_123', name: 'Ada Lovelace', email: 'ada@example.com', livemode: true, created_at: '2025-01-01T00:00:00Z' },
    });
    expect(await call('GET', '/v1/users/usr_123', { as: 'sk_live_abc123xyz789' })).toMatchObject({ status: 401, body: UNAUTHORIZED });
  });
});

/** Tables that say that a call was made, for keys of either kind; and SQLite's own, which counts them. */
const RECORD_OF_CALLS = /^(?:keystile_(?:call_|usage_|key_use|replica)|sqlite_)/;

/** Every row of every table but those, and without the moment at which a key was last used. */
async function everything(): Promise<string> {
  // Reading keys waits until the calls before it are on record.
  await call('GET', '/v1/api-keys', { as: owner });
  const isMysql = process.env['TEST_DATABASE_URL'] !== undefined;
  const tables: object[] = await database.query(isMysql ? 'SHOW TABLES' : "SELECT name FROM sqlite_master WHERE type = 'table'");
  const names = tables.map((row) => Object.values(row)[0] as string).filter((name) => !RECORD_OF_CALLS.test(name));
  const kept: Record<string, string[]> = {};
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    const rows: Array<Record<string, unknown>> = await database.query(`SELECT * FROM ${name}`);
    const cleaned = rows.map(({ last_used_at: _at, last_used_ip: _ip, ...row }) => JSON.stringify(row));
    kept[name] = cleaned.toSorted((a, b) => (a < b ? -1 : 1));
  }
  expect(Object.keys(kept)).toEqual(expect.arrayContaining(['api_keys', 'keystile_audit_events', 'payments_charges', 'payments_users']));
  return JSON.stringify(kept, null, 1);
}

describe('Test keys', () => {
  it('G07 begin with sk_test_', async () => {
    expect((await issue('test')).key).toMatch(/^sk_test_[0-9A-Za-z]{40}$/);
  });

  it('G09 make no charges: the card network receives nothing, and the answer is that of a charge', async () => {
    const { key } = await issue('test');
    const body = { user_id: 'usr_123', amount: 1200, currency: 'eur' };
    const charged = await call('POST', '/v1/charges', { as: key, body });
    expect(charged).toMatchObject({ status: 201, body: { success: true, data: { ...body, status: 'succeeded', livemode: false } } });
    expect(received).toEqual([]);
  });

  it('G10 persist no data: users, charges and keys are after their calls what they were before', async () => {
    const { key } = await issue('test');
    const live = await issue('live');
    await call('POST', '/v1/charges', { as: live.key, body: { user_id: 'usr_123', amount: 400, currency: 'eur' } });
    const before = await everything();
    const calls = [
      ['POST', '/v1/users', { name: 'Nobody', email: 'nobody@example.com' }, 201],
      ['PATCH', '/v1/users/usr_123', { name: 'Somebody Else' }, 200],
      ['DELETE', '/v1/users/usr_123', undefined, 200],
      ['POST', '/v1/charges', { user_id: 'usr_123', amount: 500, currency: 'eur' }, 201],
      ['POST', '/v1/charges', { user_id: 'usr_unknown', amount: 500, currency: 'eur' }, 400],
      ['GET', '/v1/users/usr_123', undefined, 200],
      ['POST', '/v1/api-keys', { name: 'Mine', type: 'test' }, 403],
      ['DELETE', `/v1/api-keys/${live.id}`, undefined, 403],
    ] as const;
    for (const [method, path, body, status] of calls)
      expect(await call(method, path, { as: key, ...(body ? { body } : {}) })).toMatchObject({ status });
    expect(await everything()).toBe(before);
    expect((await call('GET', '/v1/users/usr_123', { as: key })).body.data.name).toBe('Ada Lovelace');
  });

  it('G10 persist no data while live keys do: 20 calls of each at once leave the live ones', async () => {
    const test = await issue('test');
    const live = await issue('live');
    const before = (await call('GET', '/v1/users', { as: live.key })).body.data.length as number;
    const create = (key: string, name: string): Promise<number> =>
      statusOf('POST', '/v1/users', { as: key, body: { name, email: 'many@example.com' } });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_one, i) => [create(test.key, `Test ${i}`), create(live.key, `Live ${i}`)]).flat(),
    );
    expect(new Set(statuses)).toEqual(new Set([201]));
    const after = (await call('GET', '/v1/users', { as: live.key })).body.data as Array<{ name: string }>;
    expect(after).toHaveLength(before + 20);
    expect(await database.query("SELECT name FROM payments_users WHERE name LIKE 'Test %'")).toEqual([]);
  });

  it('G08 see fixtures, and none of the live data', async () => {
    const { key } = await issue('test');
    const live = await issue('live');
    const { id } = (await call('POST', '/v1/users', { as: live.key, body: { name: 'Real', email: 'real@example.com' } })).body.data as {
      id: string;
    };
    expect(await statusOf('GET', `/v1/users/${id}`, { as: key })).toBe(404);
    expect((await call('GET', '/v1/users', { as: key })).body.data).toMatchObject([{ id: 'usr_123', livemode: false }]);
    expect((await call('GET', '/v1/charges', { as: key })).body.data).toEqual([]);
  });
});

describe('Live keys', () => {
  it('G11 begin with sk_live_', async () => {
    expect((await issue('live')).key).toMatch(/^sk_live_[0-9A-Za-z]{40}$/);
  });

  it('G12 make real transactions: the card network receives one charge, and the database keeps it', async () => {
    const { key } = await issue('live');
    const charged = await call('POST', '/v1/charges', { as: key, body: { user_id: 'usr_123', amount: 1200, currency: 'eur' } });
    const { id } = charged.body.data as { id: string };
    expect(charged).toMatchObject({ status: 201, body: { data: { status: 'succeeded', livemode: true } } });
    expect(received).toEqual([{ id, amount: 1200, currency: 'eur' }]);
    expect(await database.query('SELECT status FROM payments_charges WHERE id = ?', [id])).toEqual([{ status: 'succeeded' }]);
    const declined = await call('POST', '/v1/charges', { as: key, body: { user_id: 'usr_123', amount: 1201, currency: 'eur' } });
    expect(declined.body.data.status).toBe('declined');
    const changed = await call('PATCH', '/v1/users/usr_123', { as: key, body: { name: 'Countess Lovelace' } });
    expect(changed).toMatchObject({ status: 200 });
    expect((await call('GET', '/v1/users/usr_123', { as: key })).body.data.name).toBe('Countess Lovelace');
  });

  const securityEvents = async (keyId: string): Promise<string[]> => {
    const { body } = await call('GET', '/v1/security-events', { as: owner });
    return (body.data as Array<{ type: string; key_id: string }>).filter(({ key_id }) => key_id === keyId).map(({ type }) => type);
  };

  it('G13 are watched: the first use from a new network is told to the account once, that of a test key is not', async () => {
    const live = await issue('live');
    const test = await issue('test');
    for (const { key } of [live, test])
      for (const from of ['198.51.100.7', '198.51.100.8', '203.0.113.9', '203.0.113.10'])
        expect(await statusOf('GET', '/v1/users', { as: key, headers: { 'x-forwarded-for': from } })).toBe(200);
    // Reading keys waits for the calls before it.
    await call('GET', '/v1/api-keys', { as: owner });
    expect(await securityEvents(live.id)).toEqual(['api_key.new_network']);
    expect(await securityEvents(test.id)).toEqual([]);
  });

  it('G13 are watched: a burst of refused calls is told to the account', async () => {
    const live = await issue('live', { endpoints: [{ method: 'GET', path: '/v1/users' }] });
    const test = await issue('test', { endpoints: [{ method: 'GET', path: '/v1/users' }] });
    for (const { key } of [live, test]) for (let i = 0; i < 25; i++) expect(await statusOf('GET', '/v1/charges', { as: key })).toBe(403);
    await call('GET', '/v1/api-keys', { as: owner });
    expect(await securityEvents(live.id)).toEqual(['api_key.refusal_burst']);
    expect(await securityEvents(test.id)).toEqual([]);
  });
});

describe('Restrictions of keys', () => {
  it('G15 by IP address', async () => {
    const { key } = await issue('live', { ip_addresses: ['127.0.0.2'] });
    expect(await statusOf('GET', '/v1/users', { as: key, from: '127.0.0.2' })).toBe(200);
    expect(await call('GET', '/v1/users', { as: key, from: '127.0.0.3' })).toMatchObject({
      status: 403,
      body: { ...FORBIDDEN, code: 'ip_not_allowed' },
    });
  });

  it('G15 by referrer URL', async () => {
    const { key } = await issue('live', { referrer_urls: ['https://shop.example.com'] });
    expect(await statusOf('GET', '/v1/users', { as: key, headers: { referer: 'https://shop.example.com/cart' } })).toBe(200);
    expect(await statusOf('GET', '/v1/users', { as: key, headers: { origin: 'https://shop.example.com' } })).toBe(200);
    const elsewhere: Array<Record<string, string>> = [
      { referer: 'https://evil.example.com/https://shop.example.com' },
      { origin: 'https://shop.example.com.evil.org' },
      {},
    ];
    for (const headers of elsewhere)
      expect(await call('GET', '/v1/users', { as: key, headers })).toMatchObject({
        status: 403,
        body: { ...FORBIDDEN, code: 'referrer_not_allowed' },
      });
    expect(
      await statusOf('POST', '/v1/api-keys', { as: owner, body: { name: 'x', type: 'live', restrictions: { referrer_urls: ['shop'] } } }),
    ).toBe(400);
  });

  it('G15 a page of that origin can call: its browser asks first, without the key, and is let through', async () => {
    const { key } = await issue('live', { referrer_urls: ['https://shop.example.com'] });
    const preflight = await call('OPTIONS', '/v1/charges', {
      headers: {
        origin: 'https://shop.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/shop\.example\.com)$/);
    expect(preflight.headers['access-control-allow-methods']).toMatch('POST');
    expect(String(preflight.headers['access-control-allow-headers']).toLowerCase()).toMatch(/authorization.*content-type/);
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    const charge = { user_id: 'usr_123', amount: 100, currency: 'eur' };
    for (const [origin, status] of [
      ['https://shop.example.com', 201],
      ['https://evil.example.com', 403],
    ] as const) {
      const answer = await call('POST', '/v1/charges', { as: key, headers: { origin, referer: `${origin}/` }, body: charge });
      expect(answer.status).toBe(status);
      // Also a refusal can be read by the page.
      expect(answer.headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/)/);
    }
    expect(received).toHaveLength(1);
  });

  it('G15 by API endpoint', async () => {
    const { key } = await issue('live', { endpoints: [{ method: 'GET', path: '/v1/users/*' }] });
    expect(await statusOf('GET', '/v1/users/usr_123', { as: key })).toBe(200);
    for (const [method, path] of [
      ['DELETE', '/v1/users/usr_123'],
      ['GET', '/v1/charges'],
      ['GET', '/v1/api-keys'],
    ] as const)
      expect(await call(method, path, { as: key })).toMatchObject({ status: 403, body: { ...FORBIDDEN, code: 'endpoint_not_allowed' } });
  });

  it('G15 can be set afterwards, and hold at the next call', async () => {
    const { id, key } = await issue('live');
    expect(await statusOf('GET', '/v1/charges', { as: key })).toBe(200);
    const restrictions = { endpoints: [{ method: '*', path: '/v1/users*' }] };
    const patched = await call('PATCH', `/v1/api-keys/${id}`, { as: owner, body: { restrictions } });
    expect(patched).toMatchObject({ status: 200, body: { data: { restrictions } } });
    expect(await statusOf('GET', '/v1/charges', { as: key })).toBe(403);
  });
});

describe('Key management', () => {
  it('G17 G18 lists keys in the very form of the document', async () => {
    const mine = await signIn(NEIGHBOUR);
    const old = (await call('GET', '/v1/api-keys', { as: mine })).body.data as Array<{ id: string }>;
    for (const { id } of old) await call('DELETE', `/v1/api-keys/${id}`, { as: mine });
    clock.move({ days: 14, hours: 10, minutes: 30, milliseconds: 123 });
    const admin = await signIn(NEIGHBOUR);
    const { id, key } = await issue('live', {}, admin);
    const unused = await issue('test', {}, admin);
    await call('GET', '/v1/users', { as: key });
    const { status, body } = await call('GET', '/v1/api-keys', { as: admin });
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      data: [
        { id: unused.id, name: 'Production Key', prefix: 'sk_test_', created_at: '2025-01-15T10:30:00Z', last_used: null },
        { id, name: 'Production Key', prefix: 'sk_live_', created_at: '2025-01-15T10:30:00Z', last_used: '2025-01-15T10:30:00Z' },
      ],
    });
    expect(id).toMatch(/^key_/);
    owner = await signIn(OWNER);
  });

  it('G19 G20 DELETE revokes a key and says so', async () => {
    const { id, key } = await issue('live');
    const deleted = await call('DELETE', `/v1/api-keys/${id}`, { as: owner });
    expect(deleted.status).toBe(200);
    expect(deleted.body).toEqual({ success: true, message: 'API key revoked successfully' });
    expect(await call('GET', '/v1/users', { as: key })).toMatchObject({ status: 401, body: UNAUTHORIZED });
    const listed = (await call('GET', '/v1/api-keys', { as: owner })).body.data as Array<{ id: string }>;
    expect(listed.map((one) => one.id)).not.toContain(id);
    expect(await call('DELETE', '/v1/api-keys/key_123', { as: owner })).toMatchObject({ status: 404, body: { success: false } });
  });

  it('G16 many keys stand side by side, and a rotated one is replaced at once', async () => {
    const { id, key } = await issue('live');
    const other = await issue('live');
    const rotated = await call('POST', `/v1/api-keys/${id}/rotate`, { as: owner });
    expect(await statusOf('GET', '/v1/users', { as: key })).toBe(401);
    expect(await statusOf('GET', '/v1/users', { as: rotated.body.data.key as string })).toBe(200);
    expect(await statusOf('GET', '/v1/users', { as: other.key })).toBe(200);
    expect(rotated.body.data.rotation_due_at).toBe('2025-04-15T10:30:00Z');
  });
});

describe('Troubleshooting', () => {
  it('G21 G22 401 is “Missing or invalid API key”, whatever is wrong with it', async () => {
    const revoked = await issue('live');
    await call('DELETE', `/v1/api-keys/${revoked.id}`, { as: owner });
    const help = 'Verify your API key is correct and included in the Authorization header';
    const wrong: CallOptions[] = [
      {},
      { as: 'nonsense' },
      { as: revoked.key },
      { as: revoked.key.replace('live', 'test') },
      { headers: { authorization: 'Bearer  two blanks' } },
    ];
    for (const options of wrong) {
      const answer = await call('GET', '/v1/users', options);
      expect(answer).toMatchObject({ status: 401, body: { ...UNAUTHORIZED, help, docs_url: '/docs/authentication#troubleshooting' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    }
  });

  it('G21 G22 403 is “API key doesn’t have permission for this resource”', async () => {
    const { key } = await issue('live', { endpoints: [{ method: 'GET', path: '/v1/users' }] });
    expect(await call('GET', '/v1/charges', { as: key })).toMatchObject({
      status: 403,
      body: { ...FORBIDDEN, help: 'Check your API key permissions in the dashboard' },
    });
  });

  it('G23 says to the people of an account why a key does not work', async () => {
    const revoked = await issue('live');
    await call('DELETE', `/v1/api-keys/${revoked.id}`, { as: owner });
    const live = await issue('live');
    const test = await issue('test');
    const theirs = await issue('live', {}, await signIn(NEIGHBOUR));
    const diagnose = async (key: string, type: string) => {
      const { reason, advice } = (await call('POST', '/v1/api-keys/diagnose', { as: owner, body: { key, type } })).body.data;
      return [reason, advice] as unknown;
    };
    expect(await diagnose(revoked.key, 'live')).toEqual(['api_key_revoked', "Verify the key hasn't been revoked"]);
    expect(await diagnose(live.key.slice(0, -1), 'live')).toEqual(['invalid_api_key', 'Check for typos in the key']);
    const environment = ['wrong_environment', "Ensure you're using the correct environment (test vs. live)"];
    expect(await diagnose(test.key, 'live')).toEqual(environment);
    expect(await diagnose(live.key, 'test')).toEqual(environment);
    expect(await diagnose(live.key, 'live')).toEqual([null, null]);
    expect(await diagnose(theirs.key, 'live')).toEqual(['invalid_api_key', 'Check for typos in the key']);
  });

  it('G23 a test key where only a live key will do has a code of its own', async () => {
    const { key } = await issue('test');
    expect(await call('GET', '/v1/api-keys', { as: key })).toMatchObject({
      status: 403,
      body: { ...FORBIDDEN, code: 'wrong_environment' },
    });
  });

  it('G21 puts every other refusal into the same envelope', async () => {
    expect(await call('GET', '/v1/nothing', { as: owner })).toMatchObject({ status: 404, body: { success: false } });
    expect(await call('POST', '/v1/users', { as: owner, body: { name: '' } })).toMatchObject({
      status: 400,
      body: { success: false, code: 'validation_failed', errors: [{ pointer: '/name' }, { pointer: '/email' }] },
    });
  });
});

describe('The page about authentication of the payments', () => {
  const read = async (): Promise<string> => {
    const { status, text } = await call('GET', '/docs/authentication');
    expect(status).toBe(200);
    return text
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&gt;', '>')
      .replaceAll(/\s+/g, ' ');
  };

  it.each([
    ['G01', 'API keys are the primary method of authentication.'],
    ['G02', 'Each API key is associated with your account and can be managed from your dashboard.'],
    [
      'G03',
      'Navigate to Settings > API Keys Click "Create New API Key" Give your key a descriptive name Copy and securely store your API key',
    ],
    ['G04', 'DANGER API keys provide full access to your account. Keep them secure and never expose them in client-side code or public'],
    ['G08', 'Use for development and testing No charges are made Data is not persisted'],
    ['G12', 'Use in production Real transactions and data Secured with additional monitoring'],
    ['G14', '# .env file API_KEY=sk_live_abc123xyz789'],
    ['G14', 'const apiKey = process.env.API_KEY;'],
    ['G14', "api_key = os.environ.get('API_KEY')"],
    ['G15', 'Restrict API keys by: IP address Referrer URL Specific API endpoints'],
    ['G16', 'Rotate API keys every 90 days Immediately rotate if a key is compromised Use multiple keys for different services'],
    ['G22', "API key doesn't have permission for this resource Solution: Check your API key permissions in the dashboard"],
    [
      'G23',
      "Verify the key hasn't been revoked Check for typos in the key Ensure you're using the correct environment (test vs. live) Contact support",
    ],
    ['G24', 'User-authorized access Granular permission scopes Refresh tokens Improved security for client applications'],
    ['G24', 'Until then this API knows API keys only.'],
  ])('%s it says “%s”', async (_id, text) => {
    expect(await read()).toContain(text);
  });
});

(BROWSER_PATH ? describe : describe.skip)('Settings > API Keys, in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await Browser.start();
    await browser.open(`${payments.url}/settings/api-keys`);
  });

  afterAll(() => browser?.stop());

  it('G03 leads from the log-in by “Create New API Key” and a descriptive name to a key to copy', async () => {
    expect(await browser.value('document.body.innerText')).toMatch(/Settings > API Keys/);
    await browser.fill('#sign-in [name=email]', OWNER.email);
    await browser.fill('#sign-in [name=password]', OWNER.password);
    await browser.click('Log in');
    await browser.click('Create New API Key');
    await browser.fill('#create [name=name]', 'Nightly import');
    await browser.fill('[name=type]', 'live');
    await browser.fill('[name=endpoints]', 'GET /v1/users/*, GET /v1/users');
    await browser.click('Create');
    await browser.until('document.body.innerText.includes("Copy and securely store your API key.")');
    const key = (await browser.value('document.getElementById("key").textContent')) as string;
    expect(key).toMatch(/^sk_live_/);
    expect(await statusOf('GET', '/v1/users/usr_123', { as: key })).toBe(200);
    expect(await statusOf('GET', '/v1/charges', { as: key })).toBe(403);
    await browser.until('document.body.innerText.includes("Nightly import")');
  });

  it('G04 warns that keys provide full access', async () => {
    expect(await browser.value('document.body.innerText')).toContain('DANGER API keys provide full access to your account.');
  });

  it('G15 a page of an origin on the list of the key calls with it, one of another origin does not', async () => {
    const { key } = await issue('live', { referrer_urls: [payments.url.replace('127.0.0.1', 'localhost')] });
    const fetched = `fetch('${payments.url}/v1/charges', {
      method: 'POST',
      headers: { authorization: 'Bearer ${key}', 'content-type': 'application/json' },
      body: '{"user_id":"usr_123","amount":100,"currency":"eur"}',
    }).then((answer) => answer.json()).then(({ success, code }) => [success, code ?? null])`;
    // Another origin: the browser asks before it sends the key, and keeps back what the page may not read.
    await browser.open(`${payments.url.replace('127.0.0.1', 'localhost')}/v1/nothing`);
    expect(await browser.value(fetched)).toEqual([true, null]);
    await browser.open(`${network.url}/nothing`);
    expect(await browser.value(fetched)).toEqual([false, 'referrer_not_allowed']);
    expect(received).toHaveLength(1);
  });
});

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** As the page at `/api-management` calls: with the cookie of the log-in, from its own origin. */
async function onPage(as: { email: string; password: string } = OWNER): Promise<CallOptions> {
  const [cookie = ''] = (await call('POST', '/v1/sessions', { body: { email: as.email, password: as.password } })).cookies;
  expect(cookie).toMatch(/; Path=\/keystile; HttpOnly; SameSite=Strict; Max-Age=/);
  return { headers: { ...SAME_ORIGIN, cookie: cookie.split(';', 1)[0]! } };
}

const accountIdOf = async (name: string): Promise<string> => (await database.getRepository(Account).findOneByOrFail({ name })).id;

describe('The page of Keystile in the payments', () => {
  it('G03 stands at /api-management in the words of the document, under a policy of its own', async () => {
    const { status, headers, text } = await call('GET', '/api-management/keys');
    expect(status).toBe(200);
    for (const words of ['Payments', 'Create New API Key', 'No charges are made', '/settings/api-keys', '"apiPrefix":"/keystile"'])
      expect(text.replaceAll('&quot;', '"')).toContain(words);
    const [, nonce] = / nonce="([^"]+)"/.exec(text)!;
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect((await call('GET', '/')).headers['location']).toBe('/settings/api-keys');
    expect((await call('GET', '/settings/api-keys')).text).toContain('href="/api-management"');
  });

  it('G02 answers whoever has logged in, and nobody else', async () => {
    const { headers } = await onPage();
    const path = '/keystile/v1/api-keys';
    expect(await call('GET', path, { headers })).toMatchObject({ status: 200, body: { data: expect.any(Array) } });
    expect(await statusOf('GET', path)).toBe(401);
    expect(await statusOf('GET', path, { headers: { cookie: 'keystile_session=nonsense' } })).toBe(401);
    const body = { name: 'Forged', scopes: ['*'], owner: { type: 'organization', id: await accountIdOf(OWNER.name) } };
    const elsewhere = { ...headers, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' };
    expect(await statusOf('POST', path, { headers: elsewhere, body })).toBe(403);
    const theirs = await issue('live', {}, await signIn(NEIGHBOUR));
    expect(await statusOf('GET', `${path}/${theirs.id}`, { headers })).toBe(404);
    expect(await statusOf('POST', `${path}/${theirs.id}/revoke`, { headers, body: {} })).toBe(404);
  });

  it('G02 resolution 15 makes keys of the account, and none of a person', async () => {
    const page = await onPage();
    const key = { name: 'From the page', scopes: ['*'] };
    const { body: me } = await call('GET', '/keystile/v1/whoami', page);
    const make = (more: object): Promise<Answer> => call('POST', '/keystile/v1/api-keys', { ...page, body: { ...key, ...more } });
    for (const more of [{}, { owner: null }, { owner: { type: 'user', id: me.id } }])
      expect(await make(more)).toMatchObject({ status: 400, body: { success: false, errors: [{ pointer: '/owner' }] } });
    const neighbour = { type: 'organization', id: await accountIdOf(NEIGHBOUR.name) };
    expect(await make({ owner: neighbour })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/owner' }] } });
    const made = await make({ owner: { type: 'organization', id: await accountIdOf(OWNER.name) } });
    expect(made).toMatchObject({ status: 201, body: { owner: { type: 'organization' } } });
    expect(await statusOf('GET', '/v1/users', { as: made.body.key as string })).toBe(200);
  });

  it('G10 is not open to test keys, which leave nothing behind there either', async () => {
    const { id, key } = await issue('test');
    const before = await everything();
    const account = { type: 'organization', id: await accountIdOf(OWNER.name) };
    for (const [method, path, body] of [
      ['GET', '/keystile/v1/whoami'],
      ['GET', '/keystile/v1/api-keys'],
      ['POST', '/keystile/v1/api-keys', { name: 'Kept?', scopes: ['*'], environment: 'test', owner: account }],
      ['PATCH', `/keystile/v1/api-keys/${id}`, { name: 'Kept?' }],
      ['POST', `/keystile/v1/api-keys/${id}/rotate`, {}],
      ['POST', `/keystile/v1/api-keys/${id}/disable`, {}],
      ['POST', '/keystile/v1/api-keys/current/revoke', {}],
    ] as const)
      expect(await call(method, path, { as: key, ...(body ? { body } : {}) })).toMatchObject({
        status: 403,
        body: { ...FORBIDDEN, code: 'wrong_environment' },
      });
    expect(await everything()).toBe(before);
  });

  it('G04 G15 gives full access to no more than the account has, and frees no restricted key', async () => {
    const { id, key } = await issue('live');
    const page = await onPage();
    for (const options of [page, { as: key }] as const)
      for (const [method, path, body] of [
        ['POST', '/keystile/v1/api-key-imports', { source: 'elsewhere' }],
        ['GET', '/keystile/v1/members/anybody/keys'],
        ['GET', '/keystile/v1/call-logs/export?format=csv'],
        ['POST', '/keystile/v1/api-keys/verify', { key }],
      ] as const)
        expect([path, await statusOf(method, path, { ...options, ...(body ? { body } : {}) })]).toEqual([path, 403]);
    const restricted = await issue('live', { endpoints: [{ method: '*', path: '/keystile/v1/api-keys*' }], ip_addresses: ['127.0.0.1'] });
    const twin = { name: 'Twin', scopes: ['*'], owner: { type: 'organization', id: await accountIdOf(OWNER.name) }, allowedIps: [] };
    expect(await statusOf('POST', '/keystile/v1/api-keys', { as: restricted.key, body: twin })).toBe(403);
    expect(await statusOf('PATCH', `/keystile/v1/api-keys/${restricted.id}`, { as: restricted.key, body: { allowedIps: [] } })).toBe(403);
    expect(await statusOf('POST', `/keystile/v1/api-keys/${id}/rotate`, { as: restricted.key, body: {} })).toBe(403);
  });

  it('G02 shows keys to viewers of an account, who change nothing', async () => {
    const viewer = { email: 'viewer@acme.example', password: OWNER.password };
    const passwordHash = await hashPassword(viewer.password);
    const accountId = await accountIdOf(OWNER.name);
    await database.getRepository(Person).insert({ id: 'viewer', accountId, email: viewer.email, passwordHash, role: 'viewer' });
    const { id, key } = await issue('live');
    const page = await onPage(viewer);
    expect(await statusOf('GET', '/keystile/v1/api-keys', page)).toBe(200);
    const body = { name: 'x', scopes: ['*'], owner: { type: 'organization', id: accountId } };
    expect(await statusOf('POST', '/keystile/v1/api-keys', { ...page, body })).toBe(403);
    for (const action of ['rotate', 'revoke', 'disable'])
      expect(await statusOf('POST', `/keystile/v1/api-keys/${id}/${action}`, { ...page, body: {} })).toBe(403);
    for (const path of ['call-logs', 'audit-events', 'usage']) expect(await statusOf('GET', `/keystile/v1/${path}`, page)).toBe(403);
    expect(await statusOf('GET', '/v1/users', { as: key })).toBe(200);
  });
});

describeInBrowser('The page of Keystile in the payments, in a browser', (browser) => {
  it('G03 G04 G08 leads from the log-in by “Create New API Key” to a key of the account, and says what keys are', async () => {
    const { page } = await browser.openContext({ clock }, { expects: [401] });
    await page.goto(`${payments.url}/api-management/keys/new?name=Nightly+report`);
    await page.waitForURL(`${payments.url}/settings/api-keys?next=*`);
    await page.getByLabel('E-mail').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByRole('button', { name: 'Log in' }).click();

    await page.getByRole('heading', { level: 1, name: 'Create New API Key' }).waitFor();
    expect(await page.title()).toBe('Create New API Key · Payments');
    expect(await page.getByRole('navigation', { name: 'Dashboard' }).innerText()).toMatch(/^Settings\s+API Keys\s+Activity/);
    await page.getByLabel('Test', { exact: true }).check();
    const form = await page.locator('form').innerText();
    expect(form).toMatch(/Real transactions and data\.[^]*No charges are made\. Data is not persisted\./);
    expect(form).not.toMatch(/Scopes|owner|outbox/i);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create New API Key' }).click();

    const made = (await page.getByTestId('secret').textContent())!;
    expect(made).toMatch(/^sk_test_/);
    expect(await page.locator('main').innerText()).toContain(`curl -i ${payments.url}/v1/users/usr_123`);
    expect((await call('GET', '/v1/users/usr_123', { as: made })).body.data.livemode).toBe(false);

    await page.getByLabel('I have stored the key').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { level: 1, name: 'Nightly report' }).waitFor();
    await page.getByRole('link', { name: 'API Keys' }).first().click();
    await page.getByText('DANGER: API keys provide full access to your account.').waitFor();
    await page.getByRole('link', { name: 'Nightly report' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'Scopes' }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
  });
});
