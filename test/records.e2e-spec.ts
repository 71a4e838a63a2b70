import { AuditTrail, CallStore, type FinishedCall } from '../src/audit';
import { newId } from '../src/common';
import { inTransaction } from '../src/persistence';
import { type Answer, KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { aCall, aKeyHolder } from './support/finished-call';

interface Row {
  readonly requestId: string;
  readonly at: string;
  readonly status: number;
  readonly path: string;
  readonly [name: string]: unknown;
}

interface List<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
  readonly completeUntil: string;
}

describe('the call log', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let key: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
    key = await app.issueKey({ name: 'nightly job', scopes: ['call_log.read'] });
  });

  afterAll(() => app.stop());

  const logs = (query: string, as = owner.token): Promise<Answer<List<Row>>> => app.get<List<Row>>(`/v1/call-logs?${query}`, { as });
  const rowsOf = async (query: string, as?: string): Promise<readonly Row[]> => (await logs(query, as)).body.data;

  /** The row of an answer, wherever it is kept. */
  async function rowOf({ headers }: Pick<Answer, 'headers'>): Promise<Row> {
    const requestId = headers['x-request-id'] as string;
    const own = await rowsOf(`requestId=${requestId}`);
    const nobodys = await rowsOf(`requestId=${requestId}&scope=installation`);
    expect([...own, ...nobodys]).toHaveLength(1);
    return (own[0] ?? nobodys[0])!;
  }

  it('T31: says of a call everything an auditor asks', async () => {
    const answer = await app.get('/v1/whoami?colour=blue', {
      as: key.key,
      headers: { 'user-agent': 'curl/8.5.0', referer: 'https://app.example.com/page?secret=1', 'x-request-id': 'mine' },
    });
    const ok = await app.get('/v1/whoami', { as: key.key, headers: { 'user-agent': 'curl/8.5.0' } });
    expect(await rowOf(ok)).toEqual({
      requestId: ok.headers['x-request-id'],
      at: app.clock.now().toISOString(),
      organizationId: owner.organizationId,
      principalType: 'api_key',
      keyId: key.id,
      keyName: 'nightly job',
      credentialPrefix: key.prefix,
      userId: owner.userId,
      method: 'GET',
      route: '/v1/whoami',
      path: '/v1/whoami',
      status: 200,
      code: null,
      latencyMs: expect.any(Number) as number,
      ip: '127.0.0.1',
      userAgent: 'curl/8.5.0',
      referrer: null,
      environment: 'live',
      requiredScopes: [],
      responseBytes: Buffer.byteLength(ok.text),
      subjectKeyId: null,
      inboundRequestId: null,
      calls: 1,
    });
    expect(await rowOf(answer)).toMatchObject({
      status: 400,
      code: 'validation_failed',
      referrer: 'https://app.example.com/page',
      inboundRequestId: 'mine',
    });
  });

  describe.each<[what: string, call: () => Promise<Answer>, expected: object]>([
    [
      'a call without a credential',
      () => app.get('/v1/whoami'),
      { status: 401, code: 'missing_credentials', principalType: null, organizationId: null, route: '/v1/whoami' },
    ],
    [
      'an unknown key, which leaves its beginning at most',
      () => app.get('/v1/whoami', { as: 'ks_live_4fGh7jKl9mNp_Qw3rTy6uIo9pAs2dFg5hJk8lZx1cVb4nMq0wE2' }),
      { status: 401, code: 'invalid_api_key', principalType: null, keyId: null, organizationId: null },
    ],
    [
      'a scope that the key does not hold',
      () => app.get('/v1/audit-events', { as: key.key }),
      { status: 403, code: 'insufficient_scope', principalType: 'api_key', requiredScopes: ['audit_event.read'] },
    ],
    [
      'a path that does not exist, by a known key',
      () => app.get('/v1/nothing', { as: key.key }),
      { status: 404, code: 'not_found', principalType: 'api_key', route: null, path: '/v1/nothing' },
    ],
    [
      'malformed JSON',
      () => app.post('/v1/api-keys', { as: owner.token, body: '{"name":', headers: { 'content-type': 'application/json' } }),
      { status: 400, code: 'malformed_json', principalType: 'user', method: 'POST' },
    ],
    [
      'a body that is too large',
      () => app.post('/v1/api-keys', { as: owner.token, body: { name: 'x'.repeat(2 ** 20) } }),
      { status: 413, code: 'payload_too_large', principalType: 'user' },
    ],
    [
      'a body that is not JSON',
      () => app.post('/v1/api-keys', { as: owner.token, body: 'name=x', headers: { 'content-type': 'text/plain' } }),
      { status: 415, code: 'unsupported_media_type', principalType: 'user' },
    ],
    ['HEAD', () => app.call('HEAD', '/v1/whoami', { as: key.key }), { status: 200, method: 'HEAD', responseBytes: 0 }],
    ['OPTIONS', () => app.call('OPTIONS', '/v1/whoami', { as: key.key }), { status: 404, method: 'OPTIONS' }],
  ])('T31 A19.1: keeps one row of %s', (_what, call, expected) => {
    it('with what is known of the caller', async () => {
      expect(await rowOf(await call())).toMatchObject(expected);
    });
  });

  it('names the key of a call that was refused although its secret matched', async () => {
    const revoked = await app.issueKey({ name: 'old one' });
    await app.post(`/v1/api-keys/${revoked.id}/revoke`, { as: owner.token });
    const answer = await app.get('/v1/whoami', { as: revoked.key });
    expect(await rowOf(answer)).toMatchObject({
      status: 401,
      code: 'api_key_revoked',
      organizationId: owner.organizationId,
      principalType: 'api_key',
      keyId: revoked.id,
      keyName: 'old one',
      credentialPrefix: revoked.prefix,
    });
  });

  it('A18.2: holds no secret that was ever sent', async () => {
    await app.get(`/v1/api-keys/${key.key}?key=${key.key}`, {
      as: key.key,
      headers: { 'user-agent': key.key, referer: `https://a.example/${key.key}` },
    });
    await app.get('/v1/whoami', { as: `${key.key.slice(0, -1)}x` });
    const all = JSON.stringify([await rowsOf('limit=100'), await rowsOf('limit=100&scope=installation')]);
    expect(all).not.toContain(key.key.slice(-20));
    expect(all).not.toContain(owner.token);
  });

  describe('of an organization with 240 calls on one day', () => {
    const KEY = 'key_00000000000000000000000001';
    const USER = 'usr_00000000000000000000000005';
    const midnight = Date.parse('2025-11-02T00:00:00.000Z');
    let calls: FinishedCall[];

    beforeAll(async () => {
      calls = Array.from({ length: 240 }, (_, i) => {
        const person = { type: 'user', id: USER, userId: USER, credentialPrefix: null, keyName: null } as const;
        const program = { id: `key_0000000000000000000000000${i % 3}`, environment: i % 4 === 0 ? 'test' : 'live' } as const;
        return aCall({
          at: new Date(midnight + i * 60_000),
          principal: aKeyHolder({ organizationId: owner.organizationId, ...(i % 10 === 9 ? person : program) }),
          method: i % 5 === 0 ? 'POST' : 'GET',
          path: i % 2 === 0 ? `/v1/things/${i}` : '/v1/Things',
          route: i % 2 === 0 ? '/v1/things/:id' : '/v1/Things',
          status: [200, 201, 404, 403, 500][i % 5]!,
          code: [null, null, 'not_found', 'insufficient_scope', 'internal_error'][i % 5]!,
          ip: i % 6 === 0 ? '2001:db8::1' : '203.0.113.7',
          latencyMicroseconds: i * 1_000,
        });
      });
      for (const call of calls) app.service.app.get(CallStore).append(call);
    });

    type Filters = Readonly<Record<string, string>>;
    const search = (filters: Filters): string =>
      new URLSearchParams({ from: '2025-11-02T00:00:00Z', to: '2025-11-03T00:00:00Z', limit: '37', ...filters }).toString();

    it.each<[filters: Filters, matches: (call: FinishedCall, i: number) => boolean]>([
      [{}, () => true],
      [{ keyId: KEY }, (call) => call.principal!.id === KEY],
      [{ principalId: KEY }, (call) => call.principal!.id === KEY],
      [{ principalId: USER }, (call) => call.principal!.id === USER],
      [{ keyId: KEY, principalId: USER }, () => false],
      [{ keyId: KEY, principalId: 'key_00000000000000000000000002' }, () => false],
      [{ keyId: 'key_0000000000000000000000000z' }, () => false],
      [{ method: 'post' }, (call) => call.method === 'POST'],
      [{ path: '/v1/Things' }, (call) => call.path === '/v1/Things'],
      [{ path: '/v1/things/4' }, (call) => call.path === '/v1/things/4'],
      [{ path: '/v1/things/4*' }, (call) => call.path.startsWith('/v1/things/4')],
      [{ path: '/v1/%*' }, () => false],
      [{ path: '*' }, () => true],
      [{ route: '/v1/things/:id' }, (call) => call.route === '/v1/things/:id'],
      [{ route: '/v1/none' }, () => false],
      [{ status: '404' }, (call) => call.status === 404],
      [{ status: '302' }, () => false],
      [{ statusClass: '4xx' }, (call) => call.status >= 400 && call.status < 500],
      [{ statusClass: '4xx', status: '500' }, () => false],
      [{ statusClass: '4xx', status: '403' }, (call) => call.status === 403],
      [{ code: 'insufficient_scope' }, (call) => call.code === 'insufficient_scope'],
      [{ ip: '203.0.113.7' }, (call) => call.ip === '203.0.113.7'],
      [{ ip: '2001:DB8:0:0::1' }, (call) => call.ip === '2001:db8::1'],
      [{ environment: 'test' }, (call) => call.principal!.environment === 'test'],
      [{ minLatencyMs: '100' }, (call) => call.latencyMicroseconds >= 100_000],
      [
        { keyId: KEY, statusClass: '2xx', method: 'GET', minLatencyMs: '50' },
        (call) => call.principal!.id === KEY && call.status === 201 && call.latencyMicroseconds >= 50_000,
      ],
      [{ from: '2025-11-02T01:00:00Z', to: '2025-11-02T02:00:00Z' }, (_call, i) => i >= 60 && i < 120],
      [{ from: '2025-11-02T02:00:00+01:00', to: '2025-11-02T01:01:00Z' }, (_call, i) => i === 60],
      [{ to: '2025-11-02T00:00:00.001Z', keyId: 'key_00000000000000000000000000' }, (_call, i) => i === 0],
    ])('finds exactly what %j says, newest first, over all pages', async (filters, matches) => {
      const places: number[] = [];
      let cursor: string | null = null;
      do {
        const page: Answer<List<Row>> = await logs(search({ ...filters, ...(cursor ? { cursor } : {}) }));
        expect(page.status).toBe(200);
        expect(page.body.hasMore).toBe(page.body.nextCursor !== null);
        places.push(...page.body.data.map(({ requestId }) => calls.findIndex((call) => call.requestId === requestId)));
        cursor = page.body.nextCursor;
      } while (cursor !== null);
      expect(places).toEqual(calls.flatMap((call, i) => (matches(call, i) ? [i] : [])).toReversed());
    });

    it.each<[Filters, string]>([
      [{ colour: 'blue' }, '/colour'],
      [{ status: '99' }, '/status'],
      [{ status: '2e2' }, '/status'],
      [{ statusClass: '6xx' }, '/statusClass'],
      [{ ip: '1.2.3' }, '/ip'],
      [{ keyId: "' OR 1=1 --" }, '/keyId'],
      [{ from: '2025-11-02' }, '/from'],
      [{ from: '2025-11-03T00:00:00Z', to: '2025-11-02T00:00:00Z' }, '/to'],
      [{ requestId: 'mine' }, '/requestId'],
      [{ limit: '101' }, '/limit'],
      [{ cursor: 'WzEsMl0.AAAA' }, '/cursor'],
      [{ scope: 'everything' }, '/scope'],
    ])('refuses %j', async (filters, pointer) => {
      const { status, body } = await app.get(`/v1/call-logs?${search(filters)}`, { as: owner.token });
      expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'validation_failed', pointer]);
    });

    it('shows one call by its request id, and no other', async () => {
      const [call] = calls;
      const { status, body } = await app.get<Row>(`/v1/call-logs/${call!.requestId}`, { as: key.key });
      expect([status, body.requestId, body.path]).toEqual([200, call!.requestId, '/v1/things/0']);
      for (const other of [aCall().requestId, call!.requestId.toUpperCase(), 'mine', '%27']) {
        expect((await app.get(`/v1/call-logs/${other}`, { as: key.key })).status).toBe(404);
      }
    });

    it('A08.2: shows none of them to another organization', async () => {
      const stranger = await app.otherOrganization();
      const mine = await logs(search({ limit: '5' }));
      const searches: Filters[] = [{}, { keyId: KEY }, { path: '/v1/Things' }, { status: '404' }, { requestId: calls[0]!.requestId }];
      for (const filters of searches) {
        expect((await logs(search(filters), stranger.token)).body).toMatchObject({ data: [], hasMore: false, nextCursor: null });
      }
      expect((await app.get(`/v1/call-logs/${calls[0]!.requestId}`, { as: stranger.token })).status).toBe(404);
      expect((await logs(search({ cursor: mine.body.nextCursor! }), stranger.token)).status).toBe(400);
      expect((await app.get('/v1/usage?from=2025-11-02T00:00:00Z&to=2025-11-03T00:00:00Z', { as: stranger.token })).body.data).toEqual([]);
    });

    it('keeps what belongs to no organization for the operator', async () => {
      const { headers } = await app.get('/v1/whoami');
      const requestId = headers['x-request-id'] as string;
      expect(await rowsOf(`requestId=${requestId}`)).toEqual([]);
      expect(await rowsOf(`requestId=${requestId}&scope=installation`)).toHaveLength(1);
      expect((await app.get(`/v1/call-logs/${requestId}?scope=installation`, { as: owner.token })).body.requestId).toBe(requestId);
      const stranger = await app.otherOrganization();
      for (const as of [stranger.token, key.key]) {
        expect((await logs('scope=installation', as)).status).toBe(403);
        expect((await app.get(`/v1/call-logs/${requestId}?scope=installation`, { as })).status).toBe(403);
      }
    });

    const usage = async (filters: Filters): Promise<Answer> =>
      app.get(`/v1/usage?${new URLSearchParams({ from: '2025-11-02T00:00:00Z', to: '2025-11-03T00:00:00Z', ...filters }).toString()}`, {
        as: key.key,
      });

    it('T30: counts them by the hour', async () => {
      const { body } = await usage({});
      expect(body.data).toHaveLength(4);
      // 60 calls: a fifth each of 200, 201, 404, 403 and 500; latencies of 0 to 59 ms.
      expect(body.data[0]).toMatchObject({ at: '2025-11-02T00:00:00.000Z', calls: 60, errors: 24, denied: 12 });
      expect(body.data[0].p50Ms).toBeCloseTo(29, 0);
      expect(body.data[0].p99Ms).toBeGreaterThan(58);
      expect(body).toMatchObject({ from: '2025-11-02T00:00:00.000Z', to: '2025-11-03T00:00:00.000Z', interval: 'hour', timeZone: 'UTC' });
    });

    it.each<[filters: Filters, starts: string[]]>([
      [{ interval: 'day', timeZone: 'UTC' }, ['2025-11-02T00:00:00.000Z']],
      [{ interval: 'day', timeZone: 'America/New_York' }, ['2025-11-01T04:00:00.000Z']],
      [{ interval: 'day', timeZone: 'Atlantic/Azores' }, ['2025-11-01T01:00:00.000Z', '2025-11-02T01:00:00.000Z']],
      [
        { interval: 'hour', timeZone: 'Asia/Kolkata', to: '2025-11-02T01:00:00Z' },
        ['2025-11-01T23:30:00.000Z', '2025-11-02T00:30:00.000Z'],
      ],
      [{ interval: 'minute', to: '2025-11-02T00:02:00Z' }, ['2025-11-02T00:00:00.000Z', '2025-11-02T00:01:00.000Z']],
    ])('counts them as %j says', async (filters, starts) => {
      const { body } = await usage(filters);
      expect(body.data.map(({ at }: { at: string }) => at)).toEqual(starts);
    });

    it.each<[groupBy: string, groups: Record<string, number>]>([
      ['status', { 200: 48, 201: 48, 403: 48, 404: 48, 500: 48 }],
      ['code', { '': 96, insufficient_scope: 48, internal_error: 48, not_found: 48 }],
      ['route', { '/v1/Things': 120, '/v1/things/:id': 120 }],
      ['key', { '': 24, key_00000000000000000000000000: 72, key_00000000000000000000000001: 72, key_00000000000000000000000002: 72 }],
    ])('counts them by %s', async (groupBy, groups) => {
      const { body } = await usage({ interval: 'day', timeZone: 'UTC', groupBy });
      const counted = body.data.map(({ group, calls: count }: { group: string | null; calls: number }) => [group ?? '', count]);
      expect(Object.fromEntries(counted)).toEqual(groups);
    });

    it.each<[Filters, string]>([
      [{ interval: 'day' }, '/timeZone'],
      [{ timeZone: 'Europe/Atlantis' }, '/timeZone'],
      [{ interval: 'minute' }, '/interval'],
      [{ from: '2025-10-01T00:00:00Z' }, '/from'],
      [{ to: '2025-11-01T00:00:00Z' }, '/to'],
      [{ groupBy: 'colour' }, '/groupBy'],
    ])('does not count by %j', async (filters, pointer) => {
      const { status, body } = await usage(filters);
      expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
    });
  });

  it('T30: counts the last day, from the beginning of a quarter of an hour, unless told otherwise', async () => {
    app.clock.move({ minutes: 7 });
    const { token } = await app.otherOrganization();
    await app.get('/v1/whoami', { as: token });
    const { body } = await app.get('/v1/usage', { as: token });
    expect(body.data).toEqual([expect.objectContaining({ at: '2026-01-15T10:00:00.000Z', errors: 0, denied: 0 })]);
    expect([body.from, body.to]).toEqual(['2026-01-14T10:00:00.000Z', '2026-01-15T10:07:00.001Z']);
  });

  it('finds the few among the many, a stretch at a time', async () => {
    const store = app.service.app.get(CallStore);
    const principal = aKeyHolder({ organizationId: owner.organizationId });
    const needles = Array.from({ length: 30_000 }, (_, i) => {
      const call = aCall({ principal, path: i % 5_000 === 0 ? '/needle' : '/hay' });
      store.append(call);
      return call;
    }).filter(({ path }) => path === '/needle');
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer<List<Row>> = await logs(`path=/needle${cursor ? `&cursor=${cursor}` : ''}`);
      found.push(...page.body.data.map(({ requestId }) => requestId));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(found).toEqual(needles.map(({ requestId }) => requestId).toReversed());
  });

  it('says until when it is complete', async () => {
    app.clock.move({ minutes: 1 });
    expect((await logs('limit=1')).body.completeUntil).toBe(app.clock.now().toISOString());
  });

  it('is closed to callers without the scope', async () => {
    const other = await app.issueKey({ scopes: ['audit_event.read'] });
    for (const path of ['/v1/call-logs', '/v1/usage', `/v1/call-logs/${aCall().requestId}`]) {
      const { status, body } = await app.get(path, { as: other.key });
      expect([status, body.requiredScopes]).toEqual([403, ['call_log.read']]);
    }
  });
});

interface Event {
  readonly id: string;
  readonly sequence: number;
  readonly action: string;
  readonly hash: string;
  readonly previousHash: string;
  readonly [name: string]: unknown;
}

describe('the audit trail', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });

  beforeEach(async () => {
    owner = await app.otherOrganization('Acme');
  });

  afterAll(() => app.stop());

  const events = async (query = '', as = owner.token): Promise<readonly Event[]> => {
    const { status, body } = await app.get<List<Event>>(`/v1/audit-events?${query}`, { as });
    expect(status).toBe(200);
    return body.data;
  };
  const verification = async (): Promise<Answer['body']> => (await app.get('/v1/audit-events/verify', { as: owner.token })).body;
  const sql = (statement: string, ...parameters: unknown[]): Promise<unknown> => app.service.database.query(statement, parameters);

  it('A19.4: says who changed what, from where, in which call, and what it was before', async () => {
    const renamed = await app.patch(`/v1/organizations/${owner.organizationId}`, { as: owner.token, body: { name: 'Acme Ltd' } });
    expect(renamed.status).toBe(200);
    const [event] = await events('action=organization.updated');
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/) as string,
      sequence: expect.any(Number) as number,
      at: app.clock.now().toISOString(),
      organizationId: owner.organizationId,
      actor: { type: 'user', id: owner.userId },
      action: 'organization.updated',
      target: { type: 'organization', id: owner.organizationId },
      before: expect.objectContaining({ name: 'Acme' }) as object,
      after: expect.objectContaining({ name: 'Acme Ltd' }) as object,
      reason: null,
      personal: null,
      ip: '127.0.0.1',
      requestId: renamed.headers['x-request-id'],
      personalDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      previousHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect((await app.get(`/v1/audit-events/${event!.id}`, { as: owner.token })).body).toEqual(event);
  });

  it('A19.4: lets no change happen that it cannot record', async () => {
    await sql('ALTER TABLE keystile_audit_events RENAME TO hidden');
    const refused = await app.patch(`/v1/organizations/${owner.organizationId}`, { as: owner.token, body: { name: 'Unrecorded' } });
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(refused.text).not.toMatch(/hidden|keystile_|SQL/);
    await sql('ALTER TABLE hidden RENAME TO keystile_audit_events');
    const { body } = await app.get(`/v1/organizations/${owner.organizationId}`, { as: owner.token });
    expect(body.name).toBe('Acme');
  });

  it('A19.5: has no route that changes or deletes an event', async () => {
    const [event] = await events();
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
      for (const path of ['/v1/audit-events', `/v1/audit-events/${event!.id}`, '/v1/audit-events/verify']) {
        expect((await app.call(method, path, { as: owner.token })).status).toBe(404);
      }
    }
  });

  it('A19.6: tells that it was read, once for each reader and question an hour', async () => {
    const reads = async (): Promise<Array<[unknown, unknown]>> => {
      const all = (await app.service.database.query<Array<{ actor: string; filter: string }>>(
        `SELECT actor_id AS actor, after_state AS filter FROM keystile_audit_events
         WHERE action = 'audit_event.read' AND organization_id = ? ORDER BY sequence`,
        [owner.organizationId],
      )) as ReadonlyArray<{ actor: string; filter: string }>;
      return all.map(({ actor, filter }) => [actor, (JSON.parse(filter) as { filter: unknown }).filter]);
    };
    const auditor = await app.member('auditor', { by: owner });
    await events('action=api_key.*');
    await events('action=api_key.*&limit=1');
    await events('', auditor.token);
    await events('', auditor.token);
    const expected = [
      [owner.userId, { action: 'api_key.*' }],
      [auditor.userId, {}],
    ];
    expect(await reads()).toEqual(expected);
    app.clock.move({ minutes: 61 });
    const { token } = await app.login(auditor.email);
    await events('', token);
    expect(await reads()).toEqual([...expected, [auditor.userId, {}]]);
  });

  describe('about the call log', () => {
    /** What the trail says that somebody read of calls, oldest first. */
    const readsOf = async ({ userId, organizationId }: TestPerson, from: TestPerson): Promise<Event[]> => {
      const { body } = await app.get<List<Event>>(`/v1/audit-events?action=call_log.read&actorId=${userId}`, { as: from.token });
      expect(body.data.every((event) => event.organizationId === organizationId)).toBe(true);
      return body.data.toReversed();
    };

    it('tells that it was read, once for each reader and filter an hour, whatever the page or the time', async () => {
      const auditor = await app.member('auditor', { by: owner });
      const read = (query: string, as = auditor.token) => app.get(`/v1/call-logs?${query}`, { as });
      const from = app.clock.now().toISOString();
      await app.issueKey({}, owner);
      await app.issueKey({}, owner);
      const { body: page } = await read(`limit=1&from=${from}`);
      await read(`limit=1&cursor=${page.nextCursor}`);
      await read('to=2020-01-01T00:00:00Z');
      await read('statusClass=4xx&method=get');
      await read('statusClass=4xx&method=GET&limit=3');
      const reads = await readsOf(auditor, owner);
      expect(reads.map(({ after }) => after)).toEqual([
        { calls: 'list', filter: {}, first: { from } },
        { calls: 'list', filter: { statusClass: '4xx', method: 'GET' }, first: {} },
      ]);
      expect(reads[0]).toMatchObject({ action: 'call_log.read', target: { type: 'call_log', id: null }, actor: { id: auditor.userId } });
      app.clock.move({ minutes: 61 });
      await read('', (await app.login(auditor.email)).token);
      owner = await app.login(owner.email);
      expect(await readsOf(auditor, owner)).toHaveLength(3);
    });

    it('tells it again when the hour is over, and not a second before', async () => {
      const { token } = owner;
      expect((await app.get('/v1/call-logs?to=2020-01-01T00:00:00Z', { as: token })).status).toBe(200);
      const first = { calls: 'list', filter: {}, first: { to: '2020-01-01T00:00:00Z' } };
      for (const [seconds, expected] of [
        [3_599, [first]],
        [1, [first, { calls: 'list', filter: {}, first: {} }]],
      ] as const) {
        app.clock.move({ seconds });
        owner = await app.login(owner.email);
        expect((await app.get('/v1/call-logs', { as: owner.token })).status).toBe(200);
        expect((await readsOf(owner, owner)).map(({ after }) => after)).toEqual(expected);
      }
    });

    it('tells of everybody who read the same, and of the calls of nobody where those are told of', async () => {
      const [auditor, operator] = [await app.member('auditor', { by: owner }), await app.owner()];
      for (const { token } of [owner, auditor, owner]) expect((await app.get('/v1/call-logs', { as: token })).status).toBe(200);
      for (const reader of [owner, auditor]) expect(await readsOf(reader, owner)).toHaveLength(1);
      app.clock.move({ minutes: 61 });
      const { token } = await app.login(operator.email);
      for (const scope of ['', '?scope=installation']) expect((await app.get(`/v1/call-logs${scope}`, { as: token })).status).toBe(200);
      const since = app.clock.now().toISOString();
      const told = async (scope: string): Promise<unknown[]> => {
        const query = `action=call_log.read&actorId=${operator.userId}&from=${since}${scope}`;
        return (await app.get<List<Event>>(`/v1/audit-events?${query}`, { as: token })).body.data.map((event) => event.organizationId);
      };
      expect([await told(''), await told('&scope=installation')]).toEqual([[operator.organizationId], [null]]);
    });

    it.each([
      ['a list', () => '?limit=1'],
      ['a single call', (id: string) => `/${id}`],
      ['why a call was answered so', (id: string) => `/${id}/explain`],
    ])('tells from where, and in which call, somebody read %s', async (_what, path) => {
      const requestId = (await app.get('/v1/whoami', { as: owner.token })).headers['x-request-id'] as string;
      const auditor = await app.member('auditor', { by: owner });
      const read = await app.get(`/v1/call-logs${path(requestId)}`, { as: auditor.token, from: '127.0.0.2' });
      expect(read.status).toBe(200);
      expect(await readsOf(auditor, owner)).toMatchObject([
        { actor: { type: 'user', id: auditor.userId }, ip: '127.0.0.2', requestId: read.headers['x-request-id'] },
      ]);
    });

    it('tells of nobody who asked for a call that is not theirs', async () => {
      const stranger = await app.otherOrganization();
      const theirs = (await app.get('/v1/whoami', { as: stranger.token })).headers['x-request-id'] as string;
      for (const path of [theirs, `${theirs}/explain`]) {
        expect((await app.get(`/v1/call-logs/${path}`, { as: owner.token })).status).toBe(404);
      }
      expect(await readsOf(owner, owner)).toEqual([]);
    });

    it('tells once an hour that single calls were read, or why they were answered so, and which was the first', async () => {
      const auditor = await app.member('auditor', { by: owner });
      const requestIds = await Promise.all(
        [1, 2, 3].map(async () => (await app.get('/v1/whoami', { as: owner.token })).headers['x-request-id'] as string),
      );
      for (const id of requestIds) {
        for (const path of [`call-logs/${id}/explain`, `call-logs/${id}`, `call-logs?requestId=${id}`]) {
          expect((await app.get(`/v1/${path}`, { as: owner.token })).status).toBe(200);
        }
      }
      expect((await app.get('/v1/call-logs/req_00000000000000000000000000', { as: auditor.token })).status).toBe(404);
      expect((await readsOf(owner, owner)).map(({ after }) => after)).toEqual([
        { calls: 'single', filter: {}, first: { requestId: requestIds[0] } },
      ]);
      expect(await readsOf(auditor, owner)).toEqual([]);
    });

    it('keeps an address that was looked for where it can be erased', async () => {
      await app.get('/v1/call-logs?ip=203.0.113.9', { as: owner.token });
      await app.get('/v1/call-logs?ip=203.0.113.10', { as: owner.token });
      const reads = await readsOf(owner, owner);
      expect(reads.map(({ personal }) => personal)).toEqual([{ filterIp: '203.0.113.9' }, { filterIp: '203.0.113.10' }]);
      expect(JSON.stringify(reads.map(({ after }) => after))).not.toContain('203.0.113');
    });

    it('tells of nobody who read how much was called, but no call', async () => {
      expect((await app.get('/v1/usage', { as: owner.token })).status).toBe(200);
      expect((await app.get('/v1/usage/top?groupBy=key', { as: owner.token })).status).toBe(200);
      expect(await readsOf(owner, owner)).toEqual([]);
    });

    it('A19.4: shows no call while it cannot record that', async () => {
      await sql('ALTER TABLE keystile_audit_events RENAME TO hidden');
      const refused = await Promise.all([1, 2].map(() => app.get('/v1/call-logs', { as: owner.token })));
      await sql('ALTER TABLE hidden RENAME TO keystile_audit_events');
      expect(refused.map(({ status }) => status)).toEqual([500, 500]);
      expect((await app.get('/v1/call-logs', { as: owner.token })).status).toBe(200);
      expect(await readsOf(owner, owner)).toHaveLength(1);
    });

    it('A19.4: shows no single call, and not why it was answered so, while it cannot record that', async () => {
      const requestId = (await app.get('/v1/whoami', { as: owner.token })).headers['x-request-id'] as string;
      const paths = [`/v1/call-logs/${requestId}`, `/v1/call-logs/${requestId}/explain`];
      await sql('ALTER TABLE keystile_audit_events RENAME TO hidden');
      const refused = await Promise.all([...paths, ...paths].map((path) => app.get(path, { as: owner.token })));
      await sql('ALTER TABLE hidden RENAME TO keystile_audit_events');
      expect(refused.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
      for (const path of paths) expect((await app.get(path, { as: owner.token })).status).toBe(200);
      expect(await readsOf(owner, owner)).toHaveLength(1);
    });
  });

  it('finds what somebody did, what was done to something, and when', async () => {
    const admin = await app.member('admin', { by: owner });
    app.clock.move({ minutes: 5 });
    const from = app.clock.now().toISOString();
    const byAdmin = await app.issueKey({ name: 'by admin' }, admin);
    await app.post(`/v1/api-keys/${byAdmin.id}/disable`, { as: owner.token });
    const actions = async (query: Record<string, string>): Promise<string[]> =>
      (await events(new URLSearchParams(query).toString())).map(({ action }) => action);
    expect(await actions({ targetId: byAdmin.id })).toEqual(['api_key.disabled', 'api_key.created']);
    expect(await actions({ targetId: byAdmin.id, actorId: admin.userId })).toEqual(['api_key.created']);
    expect(await actions({ actorId: admin.userId, action: 'api_key.*' })).toEqual(['api_key.created']);
    expect(await actions({ action: 'api_key.*' })).toEqual(['api_key.disabled', 'api_key.created']);
    expect(await actions({ action: 'api_key.*', to: from })).toEqual([]);
    expect(await actions({ action: 'api_key.*', from })).toEqual(['api_key.disabled', 'api_key.created']);
    expect(await actions({ action: 'api_key' })).toEqual([]);
    expect(await actions({ targetId: 'key_0' })).toEqual([]);
  });

  it('comes in pages, newest first and without gaps', async () => {
    for (let i = 0; i < 6; i++) await app.issueKey({ name: `key ${i}` }, owner);
    const sequences: number[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer<List<Event>> = await app.get(`/v1/audit-events?limit=3${cursor ? `&cursor=${cursor}` : ''}`, { as: owner.token });
      sequences.push(...page.body.data.map(({ sequence }) => sequence));
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(sequences).toEqual(Array.from({ length: sequences[0]! }, (_, i) => sequences[0]! - i));
    expect(sequences.length).toBeGreaterThanOrEqual(8);
  });

  it('A08: shows another organization nothing of this one', async () => {
    const stranger = await app.otherOrganization();
    const [event] = await events();
    const page = await app.get<List<Event>>('/v1/audit-events?limit=1', { as: owner.token });
    expect((await app.get(`/v1/audit-events/${event!.id}`, { as: stranger.token })).status).toBe(404);
    expect((await app.get(`/v1/audit-events?cursor=${page.body.nextCursor}`, { as: stranger.token })).status).toBe(400);
    expect(JSON.stringify(await events('', stranger.token))).not.toContain(owner.organizationId);
    expect((await app.get('/v1/audit-events?scope=installation', { as: stranger.token })).status).toBe(403);
    expect((await app.get('/v1/audit-events/verify?scope=installation', { as: stranger.token })).status).toBe(403);
  });

  it('keeps a chain for what belongs to no organization, for the operator', async () => {
    await app.post('/v1/auth/login', { body: { email: 'nobody@example.com', password: 'wrong', transport: 'bearer' } });
    const operator = await app.owner();
    const ofInstallation = await events('scope=installation', operator.token);
    expect(ofInstallation).not.toEqual([]);
    expect(ofInstallation.every(({ organizationId }) => organizationId === null)).toBe(true);
    expect((await app.get('/v1/audit-events/verify?scope=installation', { as: operator.token })).body).toMatchObject({ valid: true });
  });

  it('stays one chain when many change things at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => app.issueKey({ name: `key ${i}` }, owner)));
    const created = await events('action=api_key.created&limit=100');
    expect(created).toHaveLength(20);
    const { valid, checked, head } = await verification();
    expect([valid, checked]).toEqual([true, head.sequence]);
  });

  it('begins once, though many begin it at once', async () => {
    const trail = app.service.app.get(AuditTrail);
    const organizationId = newId('org', new Date());
    const actor = { type: 'system', id: null, requestId: null, ip: '203.0.113.7' } as const;
    const entry = { organizationId, actor, action: 'test.begun', target: { type: 'test', id: null } };
    await Promise.all(Array.from({ length: 30 }, () => inTransaction(app.service.database, (manager) => trail.record(manager, entry))));
    const found = await app.service.database.query<ReadonlyArray<{ sequence: unknown }>>(
      'SELECT sequence FROM keystile_audit_events WHERE organization_id = ? ORDER BY sequence',
      [organizationId],
    );
    expect(found.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });

  it('goes on from the newest event also in a transaction that has seen an older one', async () => {
    const { database } = app.service;
    // The embedded database has no snapshots beside a writer.
    if (database.options.type === 'better-sqlite3') return;
    const trail = app.service.app.get(AuditTrail);
    const actor = { type: 'system', id: null, requestId: null, ip: null } as const;
    const entry = { organizationId: owner.organizationId, actor, action: 'test.late', target: { type: 'test', id: null } };
    await database.transaction('REPEATABLE READ', async (manager) => {
      await manager.query('SELECT * FROM keystile_audit_heads');
      await inTransaction(database, (other) => trail.record(other, entry));
      await trail.record(manager, entry);
    });
    expect(await verification()).toMatchObject({ valid: true });
  });

  describe('A19.5: verified', () => {
    const LAST = 8;

    beforeEach(async () => {
      while ((await verification()).head.sequence < LAST) await app.issueKey({}, owner);
      expect(await verification()).toEqual({
        valid: true,
        checked: LAST,
        firstBrokenSequence: null,
        fault: null,
        head: { sequence: LAST, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      });
    });

    const at = 'WHERE organization_id = ? AND sequence = ?';

    it.each<[what: string, tamper: () => Promise<unknown>, firstBroken: number, fault?: string]>([
      ['was changed', () => sql(`UPDATE keystile_audit_events SET after_state = '{}' ${at}`, owner.organizationId, 4), 4],
      ['has another actor', () => sql(`UPDATE keystile_audit_events SET actor_id = NULL ${at}`, owner.organizationId, 1), 1],
      ['was moved in time', () => sql(`UPDATE keystile_audit_events SET at = '2020-01-01 00:00:00.000' ${at}`, owner.organizationId, 6), 6],
      ['was deleted', () => sql(`DELETE FROM keystile_audit_events ${at}`, owner.organizationId, 5), 5, 'missing'],
      ['was cut off the end', () => sql(`DELETE FROM keystile_audit_events ${at}`, owner.organizationId, LAST), LAST, 'missing'],
      [
        'had its place taken by the next',
        async () => {
          await sql(`DELETE FROM keystile_audit_events ${at}`, owner.organizationId, 3);
          await sql(`UPDATE keystile_audit_events SET sequence = 3 ${at}`, owner.organizationId, 4);
        },
        3,
      ],
      [
        'was put in after the head was set back',
        () =>
          sql(
            'UPDATE keystile_audit_heads SET sequence = 7, hash = (SELECT hash FROM keystile_audit_events WHERE organization_id = ? AND sequence = 7) WHERE organization_id = ?',
            owner.organizationId,
            owner.organizationId,
          ),
        8,
        'added',
      ],
      [
        'is not the one that the head names',
        () => sql('UPDATE keystile_audit_heads SET hash = ? WHERE organization_id = ?', '0'.repeat(64), owner.organizationId),
        LAST,
      ],
      [
        'had its personal fields changed',
        () =>
          sql(
            `UPDATE keystile_audit_personal SET fields = '{"ip":"203.0.113.66"}' WHERE event_id = (SELECT id FROM keystile_audit_events ${at})`,
            owner.organizationId,
            2,
          ),
        2,
      ],
    ])('names the first event that %s', async (_what, tamper, firstBroken, fault = 'altered') => {
      await tamper();
      expect(await verification()).toMatchObject({ valid: false, firstBrokenSequence: firstBroken, fault });
    });

    it('holds when personal fields were erased', async () => {
      await sql('DELETE FROM keystile_audit_personal');
      expect(await verification()).toMatchObject({ valid: true, checked: LAST });
      const [event] = await events('action=api_key.created');
      expect([event!.ip, event!.personal, event!.reason]).toEqual([null, null, null]);
    });

    it('goes over more events than fit into one page', async () => {
      const trail = app.service.app.get(AuditTrail);
      const actor = { type: 'system', id: null, requestId: null, ip: null } as const;
      await app.service.database.transaction(async (manager) => {
        for (let i = 0; i < 1_200; i++) {
          await trail.record(manager, {
            organizationId: owner.organizationId,
            actor,
            action: 'test.repeated',
            target: { type: 'test', id: null },
          });
        }
      });
      expect(await verification()).toMatchObject({ valid: true, checked: LAST + 1_200 });
      await sql(`UPDATE keystile_audit_events SET action = 'test.forged' ${at}`, owner.organizationId, 777);
      expect(await verification()).toMatchObject({ valid: false, firstBrokenSequence: 777 });
    });
  });
});
