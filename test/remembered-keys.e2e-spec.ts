import { Controller, Get } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { KeyVerifier, PrefixedKeyFormat } from '../src/keys';
import type { OwnerStanding } from '../src/organizations';
import { RequireScope } from '../src/permissions';
import { KeystileApp, TestHost, type TestPerson } from '../src/testing';
import { countStatements } from './support/statements';
import { until } from './support/until';

const PATH = '/v1/roles/auditor';
/** A secret, or an imported one, being looked for. */
const LOOK_UP = /FROM ["`]?api_key_credentials/;
const AUTHORITY = /FROM ["`]?(?:api_key|keystile_(?:organizations|memberships|users|roles|service_accounts|sessions))/;

describe('a key that is presented', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let statements: () => number;
  let lookUps: () => number;

  beforeAll(async () => {
    app = await KeystileApp.start({ env: { IMPORTED_KEY_LOOKUP_LENGTH: '12' } });
    statements = countStatements(app.service.database, AUTHORITY);
    lookUps = countStatements(app.service.database, LOOK_UP);
  });
  beforeEach(async () => {
    app.clock.move({ minutes: 20 });
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const status = async (as: string): Promise<number> => (await app.get(PATH, { as })).status;
  const verifier = () => app.service.app.get(KeyVerifier);
  const formatted = new PrefixedKeyFormat('ks');
  const unknown = (): string => formatted.draw('live').token;
  // Where this process is kept busy for longer than its lease, nothing is remembered, and memory does not count, until it is renewed.
  const isRecalled = (key: string): boolean => verifier().recall(key, {}) !== undefined;
  const remember = (key: string): Promise<void> =>
    until(
      async () => (await status(key)) === 200 && isRecalled(key),
      () => 'the key is remembered',
    );
  /** Reads nothing by itself: a key that was pushed out stays out. */
  const staysRemembered = (key: string): Promise<void> =>
    until(
      () => isRecalled(key),
      () => 'the key is remembered still',
    );

  it('costs one select the first time, with everything that decides about it, and none afterwards', async () => {
    const { key } = await app.issueKey({ scopes: ['role.read'] });
    const before = statements();
    expect((await verifier().verify(key, {})).outcome).toBe('valid');
    expect(statements() - before).toBe(1);
    await remember(key);
    const found = lookUps();
    for (let i = 0; i < 20; i++) await staysRemembered(key);
    expect(lookUps()).toBe(found);
  });

  it('by a thousand callers at once costs two selects at most', async () => {
    const { key } = await app.issueKey({ scopes: ['role.read'] });
    const before = lookUps();
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => verifier().verify(key, {})));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['valid']));
    expect(lookUps() - before).toBeLessThanOrEqual(2);
  });

  it('never reaches the database where no key can read like that', async () => {
    const { key } = await app.issueKey({ scopes: ['role.read'] });
    const last = key.endsWith('0') ? '1' : '0';
    const before = lookUps();
    for (const token of [`${key.slice(0, -1)}${last}`, `${key}0`, 'ks_live_short', 'ks_', 'x'.repeat(300)]) {
      expect(await status(token)).toBe(401);
    }
    expect(lookUps()).toBe(before);
  });

  it('A16 leaves nothing behind where there is none: memory stays as it is, and keys in use are not pushed out', async () => {
    const { key } = await app.issueKey({ scopes: ['role.read'] });
    await remember(key);
    const flood = async (calls: number): Promise<void> => {
      for (let i = 0; i < calls; i += 10) {
        const outcomes = await Promise.all(Array.from({ length: 10 }, () => verifier().verify(unknown(), {})));
        expect(outcomes.every(({ outcome }) => outcome === 'invalid_api_key')).toBe(true);
      }
    };
    await flood(500);
    const before = heapBytes();
    await flood(3_000);
    expect(heapBytes() - before).toBeLessThan(5 * 1024 * 1024);
    const found = lookUps();
    await staysRemembered(key);
    expect(lookUps()).toBe(found);
    expect(await status(key)).toBe(200);
  });

  it('expires to the moment while it is remembered', async () => {
    const { key } = await app.issueKey({ scopes: ['role.read'], expiresAt: new Date(app.clock.now().getTime() + 60_000).toISOString() });
    expect(await status(key)).toBe(200);
    app.clock.move({ seconds: 59, milliseconds: 999 });
    expect(await status(key)).toBe(200);
    app.clock.move({ milliseconds: 1 });
    const answer = await app.get(PATH, { as: key });
    expect([answer.status, answer.body.code]).toEqual([401, 'api_key_expired']);
  });

  it('works on to the end of its overlap, and not a moment longer', async () => {
    const { id, key } = await app.issueKey({ scopes: ['role.read'] });
    const rotated = await app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: { overlapSeconds: 60 } });
    expect(await status(key)).toBe(200);
    app.clock.move({ seconds: 59, milliseconds: 999 });
    expect(await status(key)).toBe(200);
    app.clock.move({ milliseconds: 1 });
    expect([await status(key), await status(rotated.body.key as string)]).toEqual([401, 200]);
  });

  it('is restricted at each call, whatever the one before was', async () => {
    const { key } = await app.issueKey({ scopes: ['role.read'], allowedReferrers: ['https://app.example.com'] });
    const from = async (referer: string) => (await app.get(PATH, { as: key, headers: { referer } })).status;
    expect([await from('https://app.example.com/a'), await from('https://evil.example.com/'), await status(key)]).toEqual([200, 403, 403]);
    expect(await from('https://app.example.com/b')).toBe(200);
    expect((await app.get('/v1/members', { as: key, headers: { referer: 'https://app.example.com/' } })).body.code).toBe(
      'insufficient_scope',
    );
  });

  it('is as remembered as any other after its slow digest was replaced, and revoked as soon', async () => {
    const key = randomBytes(32).toString('hex');
    const { body: batch } = await app.post('/v1/api-key-imports', { as: owner.token, body: { name: 'from PHP' } });
    const hash = { algorithm: 'bcrypt', value: await bcrypt(key, 10) };
    const line = { externalId: '1', name: 'imported', scopes: ['role.read'], hash, lookupId: key.slice(0, 12) };
    const sent = await app.post(`/v1/api-key-imports/${batch.id}/lines`, {
      as: owner.token,
      headers: { 'content-type': 'application/x-ndjson' },
      body: JSON.stringify(line),
    });
    await remember(key);
    const found = lookUps();
    await staysRemembered(key);
    expect(lookUps()).toBe(found);
    await app.post(`/v1/api-keys/${sent.body.lines[0].keyId}/revoke`, { as: owner.token, body: {} });
    expect(await status(key)).toBe(401);
  });

  it('shows its last use, and its new name in the log, as if it was read each time', async () => {
    const { id, key } = await app.issueKey({ name: 'before', scopes: ['role.read'] });
    expect(await status(key)).toBe(200);
    app.clock.move({ seconds: 30 });
    await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { name: 'after' } });
    expect(await status(key)).toBe(200);
    expect((await app.get(`/v1/api-keys/${id}`, { as: owner.token })).body.lastUsedAt).toBe(app.clock.now().toISOString());
    const { body } = await app.get(`/v1/call-logs?keyId=${id}`, { as: owner.token });
    expect((body.data as Array<{ keyName: string }>).map(({ keyName }) => keyName)).toEqual(['after', 'before']);
  });
});

describe('an access token that is remembered', () => {
  let app: KeystileApp;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  afterAll(() => app.stop());

  const code = async (as: string): Promise<unknown> => {
    const answer = await app.get(PATH, { as });
    return answer.body.code ?? answer.status;
  };

  it('expires to the second, and does not come before its time', async () => {
    const { token } = await app.owner();
    expect(await code(token)).toBe(200);
    // Fifteen minutes, and five seconds for clocks that differ.
    app.clock.move({ minutes: 15, seconds: 4, milliseconds: 999 });
    expect(await code(token)).toBe(200);
    app.clock.move({ milliseconds: 1 });
    expect(await code(token)).toBe('token_expired');
    app.clock.move({ minutes: -15, seconds: -11 });
    expect(await code(token)).toBe('invalid_token');
    app.clock.move({ seconds: 6 });
    expect(await code(token)).toBe(200);
  });

  it('costs one select the first time, and none afterwards', async () => {
    const { token } = await app.login((await app.owner()).email);
    const selects = countStatements(app.service.database, /FROM ["`]?keystile_sessions/);
    for (let i = 0; i < 10; i++) expect(await code(token)).toBe(200);
    // Signing in asked for it already.
    expect(selects()).toBe(0);
    await app.post('/v1/roles', { as: token, body: { name: 'r', description: '', scopes: [] } });
    await app.patch('/v1/users/me', { as: token, body: { name: 'Another' } });
    for (let i = 0; i < 10; i++) expect(await code(token)).toBe(200);
    expect(selects()).toBe(1);
  });
});

@Controller('invoices')
class InvoiceController {
  @Get()
  @RequireScope('invoice.read')
  list(): object[] {
    return [];
  }
}

describe.each([
  ['Fastify', {}],
  ['Express', { adapter: new ExpressAdapter() }],
])('a host’s own directory, on %s', (_name, on) => {
  it.each(['scopes', 'inherit-owner'] as const)(
    'is asked at every call (%s), so that nobody has to tell of its changes',
    async (permissionSource) => {
      const host = await TestHost.start({
        controllers: [InvoiceController],
        keystile: { permissionSource, scopes: { 'invoice.read': { description: 'See invoices' } } },
        ...on,
        ...('adapter' in on ? { adapter: new ExpressAdapter() } : {}),
      });
      try {
        const { key } = await host.issueKey({ scopes: ['invoice.read'] }, host.user('ada'));
        const token = await host.signIn(host.user('ada'));
        const codes = async (): Promise<unknown[]> => {
          const answers = [await host.get('/invoices', { as: key }), await host.get('/invoices', { as: token })];
          return answers.map(({ status, body }) => (body as { code?: string }).code ?? status);
        };
        const become = async (standing: Partial<OwnerStanding>): Promise<unknown[]> => {
          host.user('ada', standing);
          return codes();
        };
        expect(await codes()).toEqual([200, 200]);
        expect(await codes()).toEqual([200, 200]);
        expect(await become({ scopes: ['report.read'] })).toEqual(['insufficient_scope', 'insufficient_scope']);
        expect(await become({ scopes: ['report.read', 'invoice.*'] })).toEqual([200, 200]);
        expect(await become({ isActive: false })).toEqual(['owner_inactive', 'invalid_token']);
        expect(await become({})).toEqual([200, 200]);
        expect(await become({ organizationStatus: 'suspended' })).toEqual(['organization_suspended', 'organization_suspended']);
        expect(await become({})).toEqual([200, 200]);
      } finally {
        await host.stop();
      }
    },
  );
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
