import { KeystileApp, type TestKey, type TestPerson } from '../src/testing';

describe('organizations', () => {
  let app: KeystileApp;
  let alice: TestPerson;
  let bob: TestPerson;
  let secretOfA: TestKey;
  beforeAll(async () => {
    app = await KeystileApp.start();
    await app.owner();
    alice = await app.otherOrganization('Alpha');
    bob = await app.otherOrganization('Beta');
    secretOfA = await app.issueKey({ name: 'Alphas crown jewel' }, alice);
  });
  afterAll(() => app.stop());

  const operations: ReadonlyArray<readonly [string, (id: string) => string, object | undefined]> = [
    ['GET', (id) => `/v1/api-keys/${id}`, undefined],
    ['PATCH', (id) => `/v1/api-keys/${id}`, { name: 'taken' }],
    ['POST', (id) => `/v1/api-keys/${id}/rotate`, {}],
    ['POST', (id) => `/v1/api-keys/${id}/revoke`, {}],
    ['POST', (id) => `/v1/api-keys/${id}/disable`, undefined],
    ['POST', (id) => `/v1/api-keys/${id}/enable`, undefined],
    ['DELETE', (id) => `/v1/api-keys/${id}`, undefined],
    ['POST', (id) => `/v1/api-keys/${id}/credentials/${secretOfA.prefix}/retire`, undefined],
  ];

  it('A08.1 answer an id of another organization exactly as one that does not exist', async () => {
    const before = (await app.get(`/v1/api-keys/${secretOfA.id}`, { as: alice.token })).body;
    const missing = `${secretOfA.id.slice(0, -4)}0000`;
    const callers = [bob.token, (await app.issueKey({ scopes: ['*'] }, bob)).key, (await app.issueKey({ scopes: ['api_key.*'] }, bob)).key];
    for (const as of callers) {
      for (const [method, path, body] of operations) {
        const foreign = await app.call(method, path(secretOfA.id), { as, body });
        const unknown = await app.call(method, path(missing), { as, body });
        expect(foreign.status).toBe(404);
        expect(foreign.text.replace(foreign.body.requestId as string, '')).toBe(unknown.text.replace(unknown.body.requestId as string, ''));
        expect(foreign.text).not.toContain('jewel');
      }
    }
    expect((await app.get(`/v1/api-keys/${secretOfA.id}`, { as: alice.token })).body).toEqual(before);
    const events = (await app.get(`/v1/audit-events?targetId=${secretOfA.id}`, { as: alice.token })).body.data as Array<{ action: string }>;
    expect(events.map(({ action }) => action)).toEqual(['api_key.created']);
  });

  it('A08.1 tell a caller without scope, a revoked key and a stranger nothing either', async () => {
    const unscoped = await app.issueKey({}, alice);
    const revoked = await app.issueKey({ scopes: ['*'] }, alice);
    await app.post(`/v1/api-keys/${revoked.id}/revoke`, { as: alice.token, body: {} });
    for (const [method, path, body] of operations) {
      expect((await app.call(method, path(secretOfA.id), { as: unscoped.key, body })).status).toBe(403);
      expect((await app.call(method, path(secretOfA.id), { as: revoked.key, body })).status).toBe(401);
      expect((await app.call(method, path(secretOfA.id), { body })).status).toBe(401);
    }
  });

  it('A08.2 show nothing of each other in lists, searches, logs and audit events', async () => {
    for (const path of [
      '/v1/api-keys?limit=100',
      '/v1/api-keys?q=%25',
      '/v1/api-keys?q=jewel',
      '/v1/call-logs?limit=100',
      '/v1/audit-events?limit=100',
      `/v1/call-logs?keyId=${secretOfA.id}`,
      `/v1/audit-events?targetId=${secretOfA.id}`,
    ]) {
      const answer = await app.get(path, { as: bob.token });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('jewel');
      // Bob's own log shows the paths that he tried.
      const shown = (answer.body.data as Array<Record<string, unknown>>).map(({ path: _tried, ...rest }) => rest);
      expect(JSON.stringify(shown)).not.toContain(secretOfA.id);
      expect(JSON.stringify(shown)).not.toContain(alice.organizationId);
    }
  });

  it('A08.2 take no cursor of each other', async () => {
    await app.issueKey({}, alice);
    const { nextCursor } = (await app.get('/v1/api-keys?limit=1', { as: alice.token })).body;
    expect(nextCursor).toEqual(expect.any(String));
    expect((await app.get(`/v1/api-keys?limit=1&cursor=${nextCursor}`, { as: bob.token })).status).toBe(400);
  });

  it('A08.3 cannot be switched by a header or a parameter', async () => {
    const expected = (await app.get('/v1/api-keys', { as: bob.token })).body;
    for (const name of ['X-Org-Id', 'X-Organization-Id', 'X-Tenant-Id', 'X-User-Id', 'X-Forwarded-User', 'X-Realm']) {
      expect((await app.get('/v1/api-keys', { as: bob.token, headers: { [name]: alice.organizationId } })).body).toEqual(expected);
    }
    for (const query of [`orgId=${alice.organizationId}`, `organizationId=${alice.organizationId}`, 'include=all']) {
      expect((await app.get(`/v1/api-keys?${query}`, { as: bob.token })).status).toBe(400);
    }
  });

  it('A08.4 A10.1 answer odd ids with 404 or 400, and change nothing', async () => {
    const before = (await app.get('/v1/api-keys', { as: alice.token })).body;
    const ids = [
      'undefined',
      'null',
      '0',
      '-1',
      '1',
      'true',
      'NaN',
      '[object Object]',
      '1 OR 1=1',
      "' OR '1'='1",
      '"',
      ';',
      '--',
      '%',
      '_',
      '*',
      '.',
      '..',
      '../id',
      '..%2f..%2fetc',
      '%00',
      '%ff',
      '%25',
      `${secretOfA.id}%20`,
      `%20${secretOfA.id}`,
      secretOfA.id.toUpperCase(),
      `${secretOfA.id}%00`,
      `${secretOfA.id}x`,
      secretOfA.id.slice(0, -1),
      secretOfA.id.slice(4),
      `org_${secretOfA.id.slice(4)}`,
      'key_',
      'key_%',
      'key_00000000000000000000000000',
      'x'.repeat(200),
      'x'.repeat(5000),
      '%F0%9F%94%91',
      '{"$ne":1}',
      '[]',
      '$where',
    ];
    for (const id of ids) {
      for (const [method, suffix] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/revoke'],
        ['PATCH', ''],
      ] as const) {
        const answer = await app.call(method, `/v1/api-keys/${id.includes('%') ? id : encodeURI(id)}${suffix}`, {
          as: alice.token,
          ...(method === 'PATCH' ? { body: { name: 'x' } } : {}),
        });
        expect([400, 404]).toContain(answer.status);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    }
    expect((await app.get('/v1/api-keys', { as: alice.token })).body).toEqual(before);
  });
});
