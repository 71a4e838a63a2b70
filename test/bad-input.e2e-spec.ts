import { KeystileApp, type TestPerson } from '../src/testing';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('bad input', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const post = (body: unknown, headers: Record<string, string> = JSON_TYPE) => app.post('/v1/api-keys', { as: owner.token, headers, body });

  it.each([
    'id',
    'orgId',
    'organizationId',
    'ownerId',
    'keyHash',
    'digest',
    'prefix',
    'lookupId',
    'createdAt',
    'createdBy',
    'revokedAt',
    'revokedBy',
    'disabledAt',
    'isActive',
    'active',
    'status',
    'role',
    'isAdmin',
    'permissions',
    'version',
    'realm',
    'activeSlot',
    'lastUsedAt',
    'rotatedAt',
    'credentials',
    'key',
    'secret',
    'nameFolded',
  ])('A09.1 cannot set the server’s own field %s', async (field) => {
    const answer = await post({ name: 'x', scopes: [], [field]: 'x' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ pointer: `/${field}`, message: `property ${field} should not exist` }]);
  });

  it.each(['', 'null', '[]', '"x"', '5', 'true', '{', '{"a":}', '{"name":"x","name":', 'x', '\u0000', '{"a":"\u0000"}', '[{"name":"x"}]'])(
    'A11.2 as a body: %j is refused',
    async (body) => {
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(['validation_failed', 'malformed_json']).toContain(answer.body.code);
    },
  );

  it('A18.3 never comes back in the answer', async () => {
    const answer = await post('{"key":sk_live_SECRETSECRET');
    expect(answer.body.message).toBe('Body is not valid JSON');
    expect(answer.text).not.toContain('SECRET');
    const invalid = await post({ name: 'VERYSECRET\n', scopes: ['VERYSECRET'], metadata: 'VERYSECRET', allowedIps: ['VERYSECRET'] });
    expect(invalid.status).toBe(400);
    expect(invalid.text).not.toContain('VERYSECRET');
  });

  const NUMBER = 'must be a whole number';
  const MOMENT = 'must be an RFC 3339 time with an offset';

  it.each([
    ['call-logs?limit=1.5', '/limit', NUMBER],
    ['call-logs?limit=abc', '/limit', NUMBER],
    ['call-logs?limit=101', '/limit', 'limit must not be greater than 100'],
    ['call-logs?status=200,201', '/status', NUMBER],
    ['call-logs?minLatencyMs=fast', '/minLatencyMs', NUMBER],
    ['call-logs?path=/a&path=/b', '/path', 'must be a text'],
    ['call-logs?from=2026-11-24T00:00:00+01:00', '/from', `${MOMENT}; in an address its + is written %2B`],
    ['call-logs?from=2026-11-24T00:00:00.5+01:00', '/from', `${MOMENT}; in an address its + is written %2B`],
    ['call-logs?from=2026-11-24T00:00:00', '/from', MOMENT],
    ['call-logs?from=2026-11-24', '/from', MOMENT],
  ])('of the query %s is told what it should be', async (path, pointer, message) => {
    const answer = await app.get(`/v1/${path}`, { as: owner.token });
    expect([answer.status, answer.body.errors]).toEqual([400, [{ pointer, message }]]);
  });

  it.each([
    [{ reason: 5 }, 'must be a text'],
    [{ reason: ['x'] }, 'must be a text'],
    [{ reason: 'a\nb' }, 'must not hold control characters'],
    [{ reason: '' }, 'must have 1 to 500 characters'],
  ])('of the reason %j is told what it should be', async (body, message) => {
    const { id } = await app.issueKey();
    const answer = await app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token, body });
    expect([answer.status, answer.body.errors]).toEqual([400, [{ pointer: '/reason', message }]]);
  });

  it('A15.1 M4 M5 may be neither deep nor wide', async () => {
    const deep = (depth: number) => `{"name":"x","scopes":[],"metadata":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect((await post(deep(31))).body.code).toBe('validation_failed');
    expect((await post(deep(32))).body.code).toBe('malformed_json');
    expect((await post(deep(100_000))).body.code).toBe('malformed_json');
    const wide = (count: number) => JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_unused, i) => [`f${i}`, 1])));
    const refused = await post(wide(900));
    expect(refused.body.code).toBe('validation_failed');
    expect(refused.text.length).toBeLessThan(8_192);
    expect((await post(wide(9_000))).body.code).toBe('malformed_json');
    // Brackets inside a text are only text.
    expect((await post({ name: '['.repeat(100), scopes: [] })).status).toBe(201);
  });

  it('A15.2 may be neither large nor compressed', async () => {
    const large = await post(JSON.stringify({ name: 'x'.repeat(2_000_000) }));
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large']);
    expect((await post('{}', { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/jsonx',
    'text/json',
    'x',
  ])('A15.6 M2 has to be JSON in UTF-8, not %s', async (type) => {
    const answer = await post('{"name":"x","scopes":[]}', { 'content-type': type });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON'])(
    'takes %s',
    async (type) => {
      expect((await post('{"name":"x","scopes":[]}', { 'content-type': type })).status).toBe(201);
    },
  );

  it('refuses what is not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('","scopes":[]}')]);
    expect((await app.post('/v1/api-keys', { as: owner.token, headers: JSON_TYPE, body })).status).toBe(400);
  });

  it('A11.1 pollutes no prototype', async () => {
    for (const body of [
      '{"name":"x","scopes":[],"__proto__":{"scopes":["*"]}}',
      '{"name":"x","scopes":[],"constructor":{"prototype":{"isAdmin":true}}}',
      '{"name":"x","scopes":[],"metadata":{"__proto__":{"a":"b"}}}',
      '{"name":"x","scopes":[],"prototype":{"a":1}}',
    ]) {
      expect([body, (await post(body)).status]).toEqual([body, 400]);
    }
    await app.get('/v1/api-keys?__proto__[scopes]=*&constructor[prototype][x]=1', { as: owner.token });
    expect(Object.keys(Object.prototype)).toEqual([]);
    const unscoped = await app.issueKey();
    expect((await app.get('/v1/api-keys', { as: unscoped.key })).status).toBe(403);
    expect((await app.get('/v1/api-keys')).status).toBe(401);
  });

  it.each(["' OR 1=1 --", '1; DROP TABLE api_keys', '%27%20OR%201=1', '\\', '"', '{"$ne":1}', 'a'.repeat(300)])(
    'A10.1 as the filter %j gives no row from elsewhere and no 5xx',
    async (value) => {
      for (const name of [
        'q',
        'owner',
        'scope',
        'cursor',
        'limit',
        'status',
        'environment',
        'expiresBefore',
        'lastUsedBefore',
        'sort',
        'order',
        'fields',
        'where',
      ]) {
        const answer = await app.get(`/v1/api-keys?${name}=${encodeURIComponent(value)}`, { as: owner.token });
        expect([200, 400]).toContain(answer.status);
        if (answer.status === 200) expect(answer.body.data).toEqual([]);
      }
    },
  );

  it.each(['é', '🔑', '\u202e', 'ＡＢＣ'])('A10.6 MySQL and SQLite answer the filter %s alike: never with a 5xx', async (value) => {
    const filters = [
      'q',
      'owner',
      'scope',
      'keyId',
      'principalId',
      'method',
      'path',
      'route',
      'code',
      'ip',
      'requestId',
      'action',
      'actorId',
      'targetId',
      'status',
      'channel',
      'environment',
      'timeZone',
      'groupBy',
      'cursor',
    ];
    for (const path of [
      '/v1/api-keys',
      '/v1/call-logs',
      '/v1/audit-events',
      '/v1/usage',
      '/messages',
      '/v1/members',
      '/v1/roles',
      '/v1/invitations',
      '/v1/service-accounts',
      '/v1/organizations',
    ]) {
      for (const name of filters) {
        const answer = await app.get(`${path}?${name}=${encodeURIComponent(value)}`, { as: owner.token });
        expect([path, name, answer.status < 500]).toEqual([path, name, true]);
      }
    }
    for (const path of [
      '/v1/members/',
      '/v1/roles/',
      '/v1/invitations/',
      '/v1/service-accounts/',
      '/v1/organizations/',
      '/messages/',
      '/v1/call-logs/',
      '/v1/audit-events/',
      '/v1/users/me/sessions/',
    ]) {
      for (const method of ['GET', 'DELETE'] as const) {
        expect((await app.call(method, path + encodeURIComponent(value), { as: owner.token })).status).toBe(404);
      }
    }
  });

  it('names and times that only one database could keep are refused by both', async () => {
    for (const body of [
      { name: `x${'\ufe0f'.repeat(200)}` },
      { name: 'x'.repeat(101) },
      { expiresAt: '9999-12-31T23:59:59-23:59' },
      { allowedReferrers: Array.from({ length: 51 }, (_unused, i) => `https://a${i}.example`) },
    ]) {
      expect([body, (await post({ name: 'x', scopes: [], ...body })).status]).toEqual([body, 400]);
    }
    expect((await post({ name: '\ufb2c'.repeat(100), scopes: [] })).status).toBe(201);
    expect((await post({ name: '🔑'.repeat(100), scopes: [] })).status).toBe(201);
    for (const name of ['q', 'owner', 'scope']) expect((await app.get(`/v1/api-keys?${name}=a%00b`, { as: owner.token })).status).toBe(400);
  });

  it('A10.5 a look-up without a condition is an error, not the first row', () => {
    const { manager } = app.service.database;
    expect(() => manager.findOneBy('User', {})).toThrow('without a condition');
    expect(() => manager.findBy('User', [])).toThrow('without a condition');
  });

  it('A07.3 patterns of stars cost nothing', async () => {
    for (const scope of ['*'.repeat(99), 'a*'.repeat(12), `${'a.'.repeat(2000)}*`]) {
      expect((await post({ name: 'x', scopes: [scope] })).status).toBe(400);
    }
  });

  it('A11.3 logs nobody in by type', async () => {
    for (const [email, password] of [
      [{ $ne: 1 }, { $ne: 1 }],
      [['owner@example.com'], 'x'.repeat(12)],
      [1, 1],
      [true, true],
      ['', ''],
      ['owner@example.com', ''],
    ]) {
      const answer = await app.post('/v1/auth/login', { body: { email, password } });
      expect([400, 401]).toContain(answer.status);
    }
    expect((await app.post('/v1/auth/login', { body: { email: 'owner@example.com', password: 'wrong password!' } })).body).toMatchObject({
      code: 'login_failed',
      status: 401,
    });
  });

  it('A18.7 no answer names the server, the framework or a version', async () => {
    for (const answer of [await app.get('/v1/whoami'), await app.get('/health/live'), await app.get('/nothing')]) {
      expect(answer.headers['server']).toBeUndefined();
      expect(answer.headers['x-powered-by']).toBeUndefined();
      expect(answer.text).not.toMatch(/fastify|nest|node_modules|at .*\.ts/i);
    }
  });
});
