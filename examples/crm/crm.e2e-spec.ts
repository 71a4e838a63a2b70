import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { keystileEntities, openDatabase } from 'keystile';
import { callHttp, FixedClock, temporaryDatabase } from 'keystile/testing';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';

import { Browser, BROWSER_PATH } from '../../test/support/browser';
import { crmEntities, type RunningCrm, startCrm } from './crm';
import { hashPassword } from './password';
import { StaffMember } from './staff.entity';

const ADMIN = { email: 'admin@crm.example', password: 'correct horse' };

let crm: RunningCrm;
let database: DataSource;
let clock: FixedClock;
let drop: () => Promise<void>;
let admin: string;

beforeAll(async () => {
  const temporary = await temporaryDatabase();
  drop = temporary.drop;
  clock = new FixedClock();
  database = await openDatabase(temporary.url ?? 'sqlite::memory:', [...crmEntities, ...keystileEntities]);
  crm = await startCrm({ database, pepper: Buffer.alloc(32, 1), firstAdmin: ADMIN, host: '127.0.0.1', port: 0, clock });
  admin = await signIn();
});

afterAll(async () => {
  await crm?.stop();
  await drop?.();
});

const call = (method: string, path: string, options: Parameters<typeof callHttp>[3] = {}) => callHttp(crm.url, method, path, options);

async function signIn(): Promise<string> {
  const { body } = await call('POST', '/api/v1/session', { body: ADMIN });
  return body.token as string;
}

/** As in the admin area. */
async function issue(permissions: string[], more: object = {}): Promise<{ id: string; key: string; [field: string]: any }> {
  const answer = await call('POST', '/api/v1/api-keys', { as: admin, body: { name: 'Accounting', permissions, ...more } });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as { id: string; key: string };
}

const statusOf = async (method: string, path: string, options: Parameters<typeof callHttp>[3]): Promise<number> =>
  (await call(method, path, options)).status;

async function aClient(name = 'Müller & Söhne'): Promise<number> {
  return (await call('POST', '/api/v1/clients', { as: admin, body: { name } })).body.id as number;
}

describe('Clients and invoices of the CRM', () => {
  it('C14 a key with client.* creates, reads, updates and deletes clients in the database, and no invoices', async () => {
    const { key } = await issue(['client.*']);
    const created = await call('POST', '/api/v1/clients', { as: key, body: { name: 'Ada', email: 'ada@example.org' } });
    expect(created).toMatchObject({ status: 201, body: { name: 'Ada', email: 'ada@example.org' } });
    const path = `/api/v1/clients/${created.body.id}`;
    expect(await call('GET', path, { as: key })).toMatchObject({ status: 200, body: { name: 'Ada' } });
    expect(await call('PATCH', path, { as: key, body: { name: 'Ada L.' } })).toMatchObject({
      status: 200,
      body: { name: 'Ada L.', email: 'ada@example.org' },
    });
    expect(await call('PUT', path, { as: key, body: { name: 'Countess' } })).toMatchObject({
      status: 200,
      body: { name: 'Countess', email: null },
    });
    expect(await database.query('SELECT name FROM crm_clients WHERE id = ?', [created.body.id])).toEqual([{ name: 'Countess' }]);
    expect(await statusOf('DELETE', path, { as: key })).toBe(204);
    expect(await statusOf('GET', path, { as: key })).toBe(404);
    expect(await statusOf('GET', '/api/v1/invoices', { as: key })).toBe(403);
  });

  it('C16 invoice.create and invoice.read hold for invoices, each for itself', async () => {
    const client_id = await aClient();
    const body = { client_id, amount_cents: 119_00, currency: 'EUR' };
    const { key: writer } = await issue(['invoice.create']);
    const { key: reader } = await issue(['invoice.read']);
    const created = await call('POST', '/api/v1/invoices', { as: writer, body });
    expect(created).toMatchObject({ status: 201, body: { ...body, status: 'draft' } });
    const path = `/api/v1/invoices/${created.body.id}`;
    expect(await statusOf('GET', path, { as: writer })).toBe(403);
    expect(await call('GET', path, { as: reader })).toMatchObject({ status: 200, body });
    expect(await statusOf('POST', '/api/v1/invoices', { as: reader, body })).toBe(403);
    const { key: all } = await issue(['invoice.*']);
    expect(await call('PATCH', path, { as: all, body: { status: 'paid' } })).toMatchObject({ status: 200, body: { status: 'paid' } });
    expect(await statusOf('DELETE', `/api/v1/clients/${client_id}`, { as: admin })).toBe(409);
    expect(await statusOf('DELETE', path, { as: all })).toBe(204);
    expect(await statusOf('DELETE', `/api/v1/clients/${client_id}`, { as: admin })).toBe(204);
    expect(await statusOf('POST', '/api/v1/invoices', { as: all, body })).toBe(404);
  });

  it('C17 lists clients page by page, and refuses what is no client', async () => {
    const ids = [await aClient('A'), await aClient('B'), await aClient('C')];
    const page = await call('GET', `/api/v1/clients?limit=2&after=${ids[0]! - 1}`, { as: admin });
    expect(page.body.data.map(({ id }: { id: number }) => id)).toEqual(ids.slice(0, 2));
    expect(await call('POST', '/api/v1/clients', { as: admin, body: { name: '', shoe: 1 } })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
  });
});

describe('Authentication of the CRM', () => {
  it.each([
    ['GET', '/api/v1/clients'],
    ['POST', '/api/v1/clients'],
    ['DELETE', '/api/v1/clients/1'],
    ['GET', '/api/v1/invoices'],
    ['GET', '/api/v1/api-keys'],
    ['POST', '/api/v1/api-keys'],
    ['POST', '/api/v1/api-keys/key_1/rotate'],
  ])('C02 %s %s requires an API key', async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 401, body: { code: 'missing_credentials' } });
    expect(await statusOf(method, path, { as: 'f'.repeat(64) })).toBe(401);
  });

  it('C03 keys are created by admins of the CRM, and by nobody who cannot sign in', async () => {
    expect(await statusOf('POST', '/api/v1/session', { body: { ...ADMIN, password: 'wrong' } })).toBe(401);
    expect(await statusOf('POST', '/api/v1/session', { body: { email: 'nobody@crm.example', password: 'wrong' } })).toBe(401);
    const { key } = await issue(['client.*']);
    expect(await statusOf('POST', '/api/v1/api-keys', { as: key, body: { name: 'x', permissions: ['client.read'] } })).toBe(403);
  });

  it('A14 the password of a member of staff is guessed at ten times a minute', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++)
      statuses.push(
        await statusOf('POST', '/api/v1/session', { body: { email: 'guessed@crm.example', password: 'wrong' }, from: '127.0.0.9' }),
      );
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
  });

  it('C04 a key is shown once and stored hashed', async () => {
    const { id, key } = await issue(['client.read']);
    const shown = await call('GET', `/api/v1/api-keys/${id}`, { as: admin });
    expect(shown.body).toMatchObject({ id, prefix: key.slice(0, 12) });
    expect(shown.text + (await call('GET', '/api/v1/api-keys', { as: admin })).text).not.toContain(key.slice(12));
    const stored: unknown = await database.query('SELECT * FROM api_key_credentials WHERE key_id = ?', [id]);
    expect(JSON.stringify(stored)).not.toContain(key.slice(12));
  });

  it('C05 permissions and allowlist of a key are optional limits: * without an allowlist is let in everywhere', async () => {
    const { key, ip_allowlist } = await issue(['*']);
    expect(ip_allowlist).toEqual([]);
    expect(await statusOf('GET', '/api/v1/clients', { as: key, from: '127.0.0.9' })).toBe(200);
  });

  it('C06 accepts Authorization: Bearer', async () => {
    const { key } = await issue(['client.read']);
    expect(await statusOf('GET', '/api/v1/clients', { headers: { authorization: `Bearer ${key}` } })).toBe(200);
  });

  it('C07 accepts X-API-Key on every endpoint', async () => {
    const { key } = await issue(['*']);
    const headers = { 'x-api-key': key };
    for (const path of ['/api/v1/clients', '/api/v1/invoices', '/api/v1/api-keys'])
      expect(await statusOf('GET', path, { headers })).toBe(200);
    expect(await statusOf('POST', '/api/v1/clients', { headers, body: { name: 'By header' } })).toBe(201);
  });

  it('C08 a server that strips Authorization, or leaves it empty, does not keep X-API-Key out', async () => {
    const { key } = await issue(['client.read']);
    expect(await statusOf('GET', '/api/v1/clients', { headers: { 'x-api-key': key } })).toBe(200);
    expect(await statusOf('GET', '/api/v1/clients', { headers: { authorization: '', 'x-api-key': key } })).toBe(200);
    expect(await statusOf('GET', '/api/v1/clients', { headers: { authorization: 'Basic cHJveHk6eA==', 'x-api-key': key } })).toBe(200);
  });

  it('C09 the same key in both headers passes, two different ones are 400 invalid_request', async () => {
    const { key } = await issue(['client.read']);
    const { key: other } = await issue(['client.read']);
    expect(await statusOf('GET', '/api/v1/clients', { as: key, headers: { 'x-api-key': key } })).toBe(200);
    const refused = await call('GET', '/api/v1/clients', { as: key, headers: { 'x-api-key': other } });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.headers['www-authenticate']).toMatch('error="invalid_request"');
  });

  it('C10 a key is 64 hexadecimal characters', async () => {
    const { key } = await issue(['client.read']);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    for (const wrong of [key.slice(1), `${key}0`, key.toUpperCase(), key.replace(/.$/, 'g')]) {
      expect(await call('GET', '/api/v1/clients', { as: wrong })).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
    }
  });
});

describe('Keys that PHP hashed', () => {
  const TOKEN = 'a1b2c3d4e5f6'.padEnd(64, '07');

  /** As `password_hash($key, PASSWORD_BCRYPT)` left it in the old database. */
  async function imported(hash: string, token = TOKEN): Promise<string> {
    const { id } = await issue(['client.read']);
    const old = { digest: hash, algorithm: hash.startsWith('$2') ? 'bcrypt' : 'argon2id', lookup_id: token.slice(0, 12) };
    await database.query('UPDATE api_key_credentials SET digest = ?, algorithm = ?, pepper_id = NULL, lookup_id = ? WHERE key_id = ?', [
      ...Object.values(old),
      id,
    ]);
    return id;
  }

  const algorithmOf = async (id: string): Promise<string> => {
    const [row] = await database.query('SELECT algorithm FROM api_key_credentials WHERE key_id = ?', [id]);
    return row.algorithm as string;
  };

  it('C11 a $2y$ hash is found by its prefix, verified once, and replaced by a fast digest', async () => {
    const id = await imported((await bcrypt(TOKEN, 6)).replace('$2b$', '$2y$'));
    const samePrefix = TOKEN.replace(/.$/, 'f');
    expect(await call('GET', '/api/v1/clients', { as: samePrefix })).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
    expect(await algorithmOf(id)).toBe('bcrypt');
    expect(await statusOf('GET', '/api/v1/clients', { as: TOKEN })).toBe(200);
    expect(await algorithmOf(id)).toBe('hmac-sha256');
    expect(await statusOf('GET', '/api/v1/clients', { headers: { 'x-api-key': TOKEN } })).toBe(200);
  });

  it('C11 so is an argon2id hash', async () => {
    const token = 'c0ffee'.padEnd(64, '15');
    const id = await imported(await argon2(token), token);
    expect(await statusOf('GET', '/api/v1/clients', { as: token })).toBe(200);
    expect(await algorithmOf(id)).toBe('hmac-sha256');
  });

  it('C11 the hash is checked before anything is said of a revoked key', async () => {
    const token = 'dead00'.padEnd(64, '26');
    const id = await imported((await bcrypt(token, 6)).replace('$2b$', '$2y$'), token);
    await call('POST', `/api/v1/api-keys/${id}/revoke`, { as: admin });
    const guess = await call('GET', '/api/v1/clients', { as: token.replace(/.$/, 'f') });
    expect(guess).toMatchObject({ status: 401, body: { code: 'invalid_api_key' } });
    expect(await call('GET', '/api/v1/clients', { as: token })).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  });
});

describe('Permissions of the CRM', () => {
  it('C12 permissions are pairs of resource and action', async () => {
    const { id, permissions } = await issue(['invoice.read', 'client.read']);
    expect(permissions).toEqual(['client.read', 'invoice.read']);
    expect((await call('GET', `/api/v1/api-keys/${id}`, { as: admin })).body.permissions).toEqual(permissions);
    for (const permission of ['client.fly', 'spaceship.read', 'client.re*', 'client read'])
      expect(
        await statusOf('POST', '/api/v1/api-keys', { as: admin, body: { name: 'x', permissions: [permission] } }),
      ).toBeGreaterThanOrEqual(400);
  });

  it('C13 * is full access to all endpoints, those for keys included', async () => {
    const { key } = await issue(['*']);
    for (const path of ['/api/v1/clients', '/api/v1/invoices', '/api/v1/api-keys'])
      expect(await statusOf('GET', path, { as: key })).toBe(200);
    const made = await call('POST', '/api/v1/api-keys', { as: key, body: { name: 'child', permissions: ['client.read'] } });
    expect(made.status).toBe(201);
    expect(await statusOf('POST', `/api/v1/api-keys/${made.body.id}/revoke`, { as: key })).toBe(200);
  });

  const ACTIONS = [
    ['create', 'POST', '/api/v1/clients'],
    ['read', 'GET', '/api/v1/clients'],
    ['read', 'HEAD', '/api/v1/clients'],
    ['read', 'GET', '/api/v1/clients/:id'],
    ['update', 'PUT', '/api/v1/clients/:id'],
    ['update', 'PATCH', '/api/v1/clients/:id'],
    ['delete', 'DELETE', '/api/v1/clients/:id'],
  ] as const;

  it.each(ACTIONS)('C18 C15 client.%s, and nothing else, lets %s %s pass', async (action, method, path) => {
    const id = await aClient();
    const body = method === 'GET' || method === 'DELETE' || method === 'HEAD' ? {} : { body: { name: 'Changed' } };
    const others = ['create', 'read', 'update', 'delete'].filter((other) => other !== action).map((other) => `client.${other}`);
    const { key: lacking } = await issue([...others, 'invoice.*']);
    const refused = await call(method, path.replace(':id', String(id)), { as: lacking, ...body });
    expect(refused.status).toBe(403);
    expect(refused.headers['www-authenticate']).toMatch(`scope="client.${action}`);
    const { key: holding } = await issue([`client.${action}`]);
    expect(await statusOf(method, path.replace(':id', String(id)), { as: holding, ...body })).toBeLessThan(300);
  });

  it('C17 the plural of the path means the same as the singular of the permissions', async () => {
    const { key, permissions } = await issue(['clients.read', 'invoices.*']);
    expect(permissions).toEqual(['clients.read', 'invoices.*']);
    expect(await statusOf('GET', '/api/v1/clients', { as: key })).toBe(200);
    expect(await statusOf('GET', '/api/v1/invoices', { as: key })).toBe(200);
    expect(await statusOf('POST', '/api/v1/clients', { as: key, body: { name: 'x' } })).toBe(403);
  });

  it('C18 OPTIONS needs no key and tells nothing', async () => {
    const answer = await call('OPTIONS', '/api/v1/clients');
    expect(answer.status).toBe(404);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });
});

describe('The IP allowlist of the CRM', () => {
  it('C19 only listed addresses are let in, others get 403', async () => {
    const { key } = await issue(['client.read'], { ip_allowlist: ['127.0.0.2', '10.0.0.0/8'] });
    expect(await statusOf('GET', '/api/v1/clients', { as: key, from: '127.0.0.2' })).toBe(200);
    expect(await call('GET', '/api/v1/clients', { as: key, from: '127.0.0.3' })).toMatchObject({
      status: 403,
      body: { code: 'ip_not_allowed' },
    });
    const refused = { name: 'x', permissions: ['client.read'], ip_allowlist: ['somewhere'] };
    expect(await statusOf('POST', '/api/v1/api-keys', { as: admin, body: refused })).toBe(400);
  });

  it('C20 it is stored as a JSON array in api_keys.ip_allowlist', async () => {
    const { id } = await issue(['client.read'], { ip_allowlist: ['127.0.0.2', '2001:DB8::1'] });
    const [row] = await database.query('SELECT ip_allowlist FROM api_keys WHERE id = ?', [id]);
    expect(JSON.parse(row.ip_allowlist as string)).toEqual(['127.0.0.2', '2001:db8::1']);
  });
});

describe('Rotation and revoking in the CRM', () => {
  it('C21 rotating makes a new key with the same permissions and allowlist, and the old one is dead at once', async () => {
    const { id, key } = await issue(['client.read'], { ip_allowlist: ['127.0.0.1'] });
    const rotated = await call('POST', `/api/v1/api-keys/${id}/rotate`, { as: admin });
    expect(rotated).toMatchObject({ status: 201, body: { permissions: ['client.read'], ip_allowlist: ['127.0.0.1'] } });
    expect(await call('GET', '/api/v1/clients', { as: key })).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
    expect(await statusOf('GET', '/api/v1/clients', { as: rotated.body.key as string })).toBe(200);
  });

  it('C21 rotating and revoking ask for rights of their own, not for create', async () => {
    const { id } = await issue(['client.read']);
    const { key } = await issue(['api_key.create', 'client.*']);
    expect(await statusOf('POST', `/api/v1/api-keys/${id}/rotate`, { as: key })).toBe(403);
    expect(await statusOf('POST', `/api/v1/api-keys/${id}/revoke`, { as: key })).toBe(403);
    const { key: rotator } = await issue(['api_key.rotate', 'client.read']);
    expect(await statusOf('POST', `/api/v1/api-keys/${id}/rotate`, { as: rotator })).toBe(201);
  });

  it('C22 the answer to a rotation holds the new key, and no other answer does', async () => {
    const { id } = await issue(['client.read']);
    const { key } = (await call('POST', `/api/v1/api-keys/${id}/rotate`, { as: admin })).body as { key: string };
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect((await call('GET', `/api/v1/api-keys/${id}`, { as: admin })).text).not.toContain(key.slice(12));
  });

  it('C23 revoking ends a key immediately, and repeating it is no error', async () => {
    const { id, key } = await issue(['client.read']);
    expect(await statusOf('GET', '/api/v1/clients', { as: key })).toBe(200);
    for (let time = 1; time <= 2; time++) {
      expect(await call('POST', `/api/v1/api-keys/${id}/revoke`, { as: admin })).toMatchObject({
        status: 200,
        body: { status: 'revoked' },
      });
      expect(await statusOf('GET', '/api/v1/clients', { as: key })).toBe(401);
    }
    expect(await statusOf('POST', '/api/v1/api-keys/key_unknown/revoke', { as: admin })).toBe(404);
  });

  it('C24 a key does not expire by default: ten years later it works', async () => {
    const { key, expires_at } = await issue(['client.read']);
    expect(expires_at).toBeNull();
    clock.move({ days: 3650 });
    expect(await statusOf('GET', '/api/v1/clients', { as: key })).toBe(200);
    admin = await signIn();
    const expiring = await issue(['client.read'], { expires_at: new Date(clock.now().getTime() + 1000).toISOString() });
    clock.move({ seconds: 1 });
    expect(await statusOf('GET', '/api/v1/clients', { as: expiring.key })).toBe(401);
  });

  it('C25 says when 90 days are over, and which keys were made by somebody who leaves', async () => {
    const { id, rotation_due, created_by } = await issue(['client.read']);
    expect(rotation_due).toBe(false);
    clock.move({ days: 90 });
    admin = await signIn();
    expect((await call('GET', `/api/v1/api-keys/${id}`, { as: admin })).body.rotation_due).toBe(true);
    const rotated = await call('POST', `/api/v1/api-keys/${id}/rotate`, { as: admin });
    expect(rotated.body.rotation_due).toBe(false);
    const mine = await call('GET', `/api/v1/api-keys?created_by=${created_by}`, { as: admin });
    expect(mine.body.data.map((key: { id: string }) => key.id)).toContain(id);
    expect((await call('GET', '/api/v1/api-keys?created_by=somebody-else', { as: admin })).body.data).toEqual([]);
  });

  it('resolution 15 a key belongs to the company: it works on when the member of staff who made it is gone', async () => {
    const leaver = { email: 'leaver@crm.example', password: 'correct horse' };
    await database
      .getRepository(StaffMember)
      .insert({ id: 'leaver', email: leaver.email, passwordHash: await hashPassword(leaver.password), role: 'admin' });
    const { body: signedIn } = await call('POST', '/api/v1/session', { body: leaver });
    const made = await call('POST', '/api/v1/api-keys', {
      as: signedIn.token as string,
      body: { name: 'x', permissions: ['client.read'] },
    });
    expect(made.body.created_by).toBe('leaver');
    await database.getRepository(StaffMember).delete({ id: 'leaver' });
    expect(await statusOf('GET', '/api/v1/clients', { as: signedIn.token as string })).toBe(401);
    expect(await statusOf('GET', '/api/v1/clients', { as: made.body.key as string })).toBe(200);
    const listed = await call('GET', '/api/v1/api-keys?created_by=leaver', { as: admin });
    expect(listed.body.data).toMatchObject([{ id: made.body.id, status: 'active' }]);
  });

  it('C27 a key in the URL is not accepted, and is reported', async () => {
    const { id, key } = await issue(['client.read']);
    for (const name of ['api_key', 'access_token', 'key']) {
      expect(await call('GET', `/api/v1/clients?${name}=${key}`)).toMatchObject({ status: 401, body: { code: 'missing_credentials' } });
    }
    const events = await call('GET', `/v1/audit-events?action=api_key.exposed_in_url`, { as: admin });
    expect(events).toMatchObject({ status: 200, body: { data: [{ target: { id }, after: { prefix: key.slice(0, 12) } }] } });
    expect(events.text).not.toContain(key.slice(12));
  });
});

describe('The page about authentication of the CRM', () => {
  const read = async (): Promise<string> => {
    const { status, text } = await call('GET', '/docs/authentication');
    expect(status).toBe(200);
    return text
      .replace(/<[^>]+>/g, '')
      .replace(/&quot;/g, '"')
      .replace(/\s+/g, ' ');
  };

  it.each([
    ['C01', 'Bearer token, X-API-Key, scoped permissions, IP allowlist'],
    ['C02', 'All API requests require authentication via an API key.'],
    ['C08', 'Some Apache/PHP-FPM setups strip the Authorization header. If Bearer auth fails, use X-API-Key.'],
    ['C20', 'Stored as JSON array in api_keys.ip_allowlist.'],
    ['C25', 'Rotate keys periodically (e.g. every 90 days) or when staff leave. Use revoke for immediate invalidation.'],
    ['C27', 'Never put the API key in the URL. Use headers only.'],
    ['C28', 'Store keys in environment variables or a secrets manager, not in source code.'],
    [
      'C29',
      'Go to Admin → API Keys. Create a key, copy it immediately (it is not shown again), set permissions and optionally an IP allowlist.',
    ],
    ['C30', 'Was this helpful?'],
  ])('%s it says “%s”', async (_id, text) => {
    expect(await read()).toContain(text);
  });

  it('C26 its example runs', async () => {
    const { key } = await issue(['client.read']);
    const [, sample = ''] = /(curl[^`]*?application\/json")/.exec(readFileSync(join(__dirname, 'authentication.md'), 'utf8')) ?? [];
    expect(sample).toContain('https://yourdomain.com/api/v1/clients');
    const command = sample.replace('https://yourdomain.com', crm.url).replace('your_api_key_here', key);
    const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent --fail`]);
    expect(Array.isArray((JSON.parse(stdout) as { data: unknown }).data)).toBe(true);
  });

  it('C30 counts whom it helped', async () => {
    expect(await statusOf('POST', '/docs/authentication/helpful/yes', {})).toBe(200);
    expect(await statusOf('POST', '/docs/authentication/helpful/maybe', {})).toBe(404);
    expect(await database.query('SELECT votes FROM crm_page_votes WHERE answer = ?', ['yes'])).toEqual([{ votes: 1 }]);
  });
});

(BROWSER_PATH ? describe : describe.skip)('Admin → API Keys, in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await Browser.start();
    await browser.open(`${crm.url}/admin/api-keys`);
  });

  afterAll(() => browser?.stop());

  it('C03 is where keys are created, by who can sign in', async () => {
    expect(await browser.value('document.body.innerText')).toMatch(/Admin → API Keys/);
    await browser.fill('#sign-in [name=email]', ADMIN.email);
    await browser.fill('#sign-in [name=password]', 'wrong');
    await browser.click('Sign in');
    await browser.until('document.body.innerText.includes("Wrong e-mail address or password")');
    await browser.fill('#sign-in [name=password]', ADMIN.password);
    await browser.click('Sign in');
    await browser.until('document.body.innerText.includes("Create a key")');
  });

  it('C29 creates a key with permissions and an allowlist, and shows it once to be copied', async () => {
    await browser.fill('#create [name=name]', 'From the browser');
    await browser.fill('[name=permissions]', 'client.* invoice.read');
    await browser.fill('[name=ip_allowlist]', '127.0.0.1');
    await browser.click('Create key');
    await browser.until('document.body.innerText.includes("Copy the key immediately. It is not shown again.")');
    const key = (await browser.value('document.getElementById("key").textContent')) as string;
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await statusOf('GET', '/api/v1/clients', { as: key })).toBe(200);
    expect(await statusOf('POST', '/api/v1/invoices', { as: key, body: {} })).toBe(403);
    expect(await statusOf('GET', '/api/v1/clients', { as: key, from: '127.0.0.2' })).toBe(403);
    await browser.open(`${crm.url}/admin/api-keys`);
    await browser.fill('#sign-in [name=email]', ADMIN.email);
    await browser.fill('#sign-in [name=password]', ADMIN.password);
    await browser.click('Sign in');
    await browser.until('document.body.innerText.includes("From the browser")');
    const seen = (await browser.value('document.body.innerText')) as string;
    expect(seen).toContain(`${key.slice(0, 12)}…`);
    expect(await browser.value('document.documentElement.outerHTML')).not.toContain(key.slice(12));
  });
});

describe('The page of Keystile in the CRM', () => {
  const page = () => ({ headers: { cookie: `keystile_session=${admin}`, 'sec-fetch-site': 'same-origin' } });

  it('C29 is one click away from Admin → API Keys, which is where the CRM begins', async () => {
    expect((await call('GET', '/')).headers['location']).toBe('/admin/api-keys');
    expect((await call('GET', '/admin/api-keys')).text).toContain('href="/api-management"');
    const { text } = await call('GET', '/api-management');
    expect(text.replaceAll('&quot;', '"')).toContain('"keyOwner":"organization"');
  });

  it('C25 makes keys of the company, which outlive the member of staff who asks', async () => {
    const make = (more: object) => call('POST', '/v1/api-keys', { ...page(), body: { name: 'x', scopes: ['client.read'], ...more } });
    expect(await make({})).toMatchObject({ status: 400, body: { errors: [{ pointer: '/owner' }] } });
    const made = await make({ owner: { type: 'organization', id: 'crm' } });
    expect(made).toMatchObject({ status: 201, body: { owner: { type: 'organization', id: 'crm' } } });
  });
});

(BROWSER_PATH ? describe : describe.skip)('The page of Keystile in the CRM, in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await Browser.start();
    await browser.open(`${crm.url}/docs/authentication`);
  });

  afterAll(() => browser?.stop());

  it('C03 C29 the page of Keystile does the same: Admin → API Keys, with the CRM’s own sign-in', async () => {
    // It sends whoever is not signed in elsewhere, at once.
    await browser.value(
      'void setTimeout(() => location.assign("/api-management/keys/new?name=From+Keystile&scopes=client.read&allowedIps=127.0.0.1&expires=never"))',
    );
    await browser.until('location.search.startsWith("?next=") && document.readyState === "complete"');
    await browser.fill('#sign-in [name=email]', ADMIN.email);
    await browser.fill('#sign-in [name=password]', ADMIN.password);
    await browser.click('Sign in');
    await browser.until('document.querySelector("nav")?.innerText.replace(/\\s+/g, " ").startsWith("Admin API Keys")');
    await browser.until('document.title === "Create API key · CRM"');
    await browser.until('document.querySelector("button[type=submit]")');
    await browser.value('document.querySelector("button[type=submit]").click()');
    await browser.until('document.querySelector("[data-testid=secret]")');
    const key = await browser.value<string>('document.querySelector("[data-testid=secret]").textContent');
    expect(await statusOf('GET', '/api/v1/clients', { as: key })).toBe(200);
    expect(await statusOf('GET', '/api/v1/clients', { as: key, from: '127.0.0.2' })).toBe(403);
    expect(await statusOf('POST', '/api/v1/clients', { as: key, body: { name: 'x' } })).toBe(403);
  });
});
