import { type Answer, KeystileApp, type TestPerson } from '../src/testing';

const PASSWORD = 'correct horse battery staple';
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).toSorted();

describe('organizations', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let path: string;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  beforeEach(async () => {
    app.clock.move({ minutes: 1 });
    owner = await app.owner();
    path = `/v1/organizations/${owner.organizationId}`;
  });
  afterAll(() => app.stop());

  const actions = async (organizationId: string): Promise<string[]> => {
    const sql = 'SELECT action FROM keystile_audit_events WHERE organization_id = ? ORDER BY sequence';
    const rows: Array<{ action: string }> = await app.service.database.query(sql, [organizationId]);
    return rows.map(({ action }) => action);
  };

  describe('are created', () => {
    it('by the operator, who owns them', async () => {
      const created = await app.post('/v1/organizations', { as: owner.token, body: { name: 'Globex' } });
      expect(created.status).toBe(201);
      expect(created.headers.etag).toBe('"v1"');
      expect(created.headers.location).toBe(`/v1/organizations/${created.body.id as string}`);
      expect(created.body).toEqual({
        id: expect.stringMatching(/^org_/),
        name: 'Globex',
        status: 'active',
        role: 'owner',
        createdAt: app.clock.now().toISOString(),
        suspendedAt: null,
        callLogRetentionDays: null,
        usageRetentionDays: null,
        maxKeyLifetimeSeconds: null,
        keyExpiryRequired: false,
        keyAllowlistRequired: false,
        defaultRateLimit: null,
        rateLimit: null,
      });
      expect((await app.get(created.headers.location as string, { as: owner.token })).body).toEqual(created.body);
    });

    it('by nobody else, and by no key', async () => {
      const otherOwner = await app.otherOrganization();
      expect((await app.post('/v1/organizations', { as: otherOwner.token, body: { name: 'x' } })).body.code).toBe('forbidden');
      const admin = await app.member('admin');
      expect((await app.post('/v1/organizations', { as: admin.token, body: { name: 'x' } })).body.code).toBe('insufficient_scope');
      const { key } = await app.issueKey({ scopes: ['*'] });
      expect((await app.post('/v1/organizations', { as: key, body: { name: 'x' } })).status).toBe(403);
    });
  });

  describe('are changed', () => {
    it('field by field: absent keeps, null clears, objects merge', async () => {
      const patch = async (body: object): Promise<Answer> => app.patch(path, { as: owner.token, body });
      const options = { callLogRetentionDays: 30, maxKeyLifetimeSeconds: 86_400, keyExpiryRequired: true };
      expect((await patch({ ...options, defaultRateLimit: { limit: 100, windowSeconds: 60 } })).body).toMatchObject({
        ...options,
        name: 'Acme',
        defaultRateLimit: { limit: 100, windowSeconds: 60 },
      });
      expect((await patch({ callLogRetentionDays: null, defaultRateLimit: { limit: 50 } })).body).toMatchObject({
        ...options,
        callLogRetentionDays: null,
        defaultRateLimit: { limit: 50, windowSeconds: 60 },
      });
      expect((await patch({ defaultRateLimit: null, keyExpiryRequired: false, maxKeyLifetimeSeconds: null })).body).toMatchObject({
        defaultRateLimit: null,
        keyExpiryRequired: false,
        maxKeyLifetimeSeconds: null,
      });
      expect((await patch({ defaultRateLimit: { windowSeconds: 60 } })).body.errors).toEqual([
        { pointer: '/defaultRateLimit/limit', message: 'is missing' },
      ]);
      expect((await app.get(path, { as: owner.token })).body.defaultRateLimit).toBeNull();
      expect((await patch({ rateLimit: { limit: 1_000, windowSeconds: 60 } })).body).toMatchObject({
        rateLimit: { limit: 1_000, windowSeconds: 60 },
        defaultRateLimit: null,
      });
      expect((await patch({ rateLimit: { windowSeconds: 1 } })).body.rateLimit).toEqual({ limit: 1_000, windowSeconds: 1 });
      expect((await patch({ rateLimit: null })).body.rateLimit).toBeNull();
      expect((await patch({ rateLimit: { limit: 5 } })).body.errors).toEqual([
        { pointer: '/rateLimit/windowSeconds', message: 'is missing' },
      ]);
    });

    it('A17 once, of many who read the same version', async () => {
      const { headers: read } = await app.get(path, { as: owner.token });
      const headers = { 'if-match': read.etag as string };
      const renamed = await Promise.all(
        Array.from({ length: 10 }, (_, i) => app.patch(path, { as: owner.token, headers, body: { name: `Acme ${i}` } })),
      );
      expect(statuses(renamed)).toEqual([200, ...Array<number>(9).fill(412)]);
      await app.patch(path, { as: owner.token, body: { name: 'Acme' } });
      expect((await app.patch(path, { as: owner.token, headers: { 'if-match': '"nonsense"' }, body: {} })).status).toBe(412);
    });

    it.each([
      { name: null },
      { name: '' },
      { name: ' ' },
      { name: 'a\nb' },
      { name: 'x'.repeat(101) },
      { status: 'deleted' },
      { status: null },
      { callLogRetentionDays: 0 },
      { callLogRetentionDays: '30' },
      { callLogRetentionDays: 1.5 },
      { keyExpiryRequired: null },
      { keyExpiryRequired: 'true' },
      { defaultRateLimit: [] },
      { defaultRateLimit: { limit: 0, windowSeconds: 1 } },
      { defaultRateLimit: { limit: 1, windowSeconds: 1, burst: 5 } },
      { id: 'org_x' },
      { version: 7 },
      { deletedAt: null },
      { suspendedAt: null },
      { createdAt: '2020-01-01T00:00:00Z' },
      { role: 'owner' },
    ])('A09.1 A11.2 not with %j', async (body) => {
      const before = (await app.get(path, { as: owner.token })).text;
      expect((await app.patch(path, { as: owner.token, body })).status).toBe(400);
      expect((await app.get(path, { as: owner.token })).text).toBe(before);
    });

    it('by those whose role there says so', async () => {
      const [admin, developer] = [await app.member('admin'), await app.member('developer')];
      expect((await app.patch(path, { as: admin.token, body: { name: 'Acme' } })).status).toBe(200);
      expect((await app.patch(path, { as: developer.token, body: { name: 'Acme' } })).body.code).toBe('insufficient_scope');
      expect((await app.delete(path, { as: admin.token })).body.code).toBe('insufficient_scope');
      // An owner here who is a developer there changes nothing there.
      const elsewhere = await app.otherOrganization();
      const { body: invitation } = await app.post('/v1/invitations', {
        as: owner.token,
        body: { email: elsewhere.email, role: 'developer' },
      });
      await app.post('/v1/invitations/accept', { body: { token: invitation.token, password: PASSWORD } });
      expect((await app.get(path, { as: elsewhere.token })).body.role).toBe('developer');
      const refused = await app.patch(path, { as: elsewhere.token, body: { name: 'Taken' } });
      expect([refused.status, refused.body.code, refused.body.requiredScopes]).toEqual([
        403,
        'insufficient_scope',
        ['organization.update'],
      ]);
      expect((await app.delete(path, { as: elsewhere.token })).status).toBe(403);
    });
  });

  describe('are suspended', () => {
    it('by the operator only, and restored', async () => {
      const other = await app.otherOrganization();
      const theirs = `/v1/organizations/${other.organizationId}`;
      const { key } = await app.issueKey({ scopes: ['organization.read'] }, other);
      expect((await app.patch(theirs, { as: other.token, body: { status: 'suspended' } })).body.code).toBe('forbidden');

      const suspended = await app.patch(theirs, { as: owner.token, body: { status: 'suspended' } });
      expect(suspended.body).toMatchObject({ status: 'suspended', suspendedAt: app.clock.now().toISOString() });
      for (const answer of [
        await app.get('/v1/whoami', { as: other.token }),
        await app.patch(theirs, { as: other.token, body: { status: 'active' } }),
        await app.post('/v1/auth/refresh', { body: { refreshToken: other.refreshToken } }),
        await app.post('/v1/auth/login', { body: { email: other.email, password: PASSWORD } }),
        await app.post('/v1/auth/login', { body: { email: other.email, password: PASSWORD, organizationId: other.organizationId } }),
      ]) {
        expect([answer.status, answer.body.code]).toEqual([403, 'organization_suspended']);
      }
      expect((await app.get(theirs, { as: key })).status).toBe(403);

      expect((await app.patch(theirs, { as: owner.token, body: { status: 'active' } })).body).toMatchObject({
        status: 'active',
        suspendedAt: null,
      });
      expect((await app.get('/v1/whoami', { as: other.token })).status).toBe(200);
      expect((await app.get(theirs, { as: key })).status).toBe(200);
      expect((await actions(other.organizationId)).filter((action) => action.startsWith('organization.'))).toEqual([
        'organization.created',
        'organization.suspended',
        'organization.restored',
      ]);
    });

    it('though it is the operator’s own, who can still restore it', async () => {
      expect((await app.patch(path, { as: owner.token, body: { status: 'suspended' } })).status).toBe(200);
      const again = await app.login(owner.email);
      expect((await app.patch(path, { as: again.token, body: { status: 'active' } })).body.status).toBe('active');
    });

    it('but not deleted or renamed by an operator who has no place there', async () => {
      const other = await app.otherOrganization();
      const founder = await app.login(owner.email, PASSWORD, other.organizationId);
      await app.delete(`/v1/members/${founder.userId}`, { as: other.token });
      const theirs = `/v1/organizations/${other.organizationId}`;
      expect((await app.get(theirs, { as: owner.token })).body.role).toBeNull();
      expect((await app.get('/v1/organizations?limit=100', { as: owner.token })).text).toContain(other.organizationId);
      expect((await app.patch(theirs, { as: owner.token, body: { name: 'Taken' } })).body.code).toBe('insufficient_scope');
      expect((await app.delete(theirs, { as: owner.token })).body.code).toBe('insufficient_scope');
      expect((await app.patch(theirs, { as: owner.token, body: { status: 'suspended' } })).status).toBe(200);
    });
  });

  describe('are deleted', () => {
    it('by their owner: people are out and keys stop', async () => {
      const other = await app.otherOrganization();
      const theirs = `/v1/organizations/${other.organizationId}`;
      const { key } = await app.issueKey({ scopes: ['organization.read'] }, other);
      expect((await app.delete(theirs, { as: other.token })).status).toBe(204);
      expect((await app.get('/v1/whoami', { as: other.token })).status).toBe(401);
      expect((await app.get('/v1/whoami', { as: key })).status).toBe(401);
      expect((await app.get(theirs, { as: owner.token })).status).toBe(404);
      expect((await app.delete(theirs, { as: owner.token })).status).toBe(404);
      expect((await app.get('/v1/organizations?limit=100', { as: owner.token })).text).not.toContain(other.organizationId);
      expect((await actions(other.organizationId)).at(-1)).toBe('organization.deleted');
    });

    it('unless it is the only place of the person who runs the installation', async () => {
      const lonely = await KeystileApp.start();
      try {
        const { token, organizationId } = await lonely.owner();
        const answer = await lonely.delete(`/v1/organizations/${organizationId}`, { as: token });
        expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
      } finally {
        await lonely.stop();
      }
    });
  });

  it('A08 of others do not exist', async () => {
    const stranger = await app.otherOrganization();
    const unknown = `/v1/organizations/org_${'0'.repeat(26)}`;
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { name: 'Taken' }],
      ['DELETE', undefined],
    ] as const) {
      for (const as of [stranger.token, (await app.issueKey({ scopes: ['organization.*'] }, stranger)).key]) {
        const foreign = await app.call(method, path, { as, body });
        const missing = await app.call(method, unknown, { as, body });
        if (method === 'DELETE' && foreign.status === 403) continue;
        expect(foreign.status).toBe(404);
        expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
      }
    }
    const { body } = await app.get('/v1/organizations', { as: stranger.token });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([stranger.organizationId]);
  });
});

describe('roles', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const create = (body: object, by: TestPerson = owner) => app.post('/v1/roles', { as: by.token, body: { scopes: [], ...body } });
  let counter = 0;
  const name = (): string => `role ${++counter}`;

  it('built in are four, which nobody changes', async () => {
    const fresh = await app.otherOrganization();
    const { body } = await app.get('/v1/roles', { as: fresh.token });
    expect(body.data.map(({ id, builtIn }: { id: string; builtIn: boolean }) => [id, builtIn])).toEqual(
      ['owner', 'admin', 'developer', 'auditor'].map((id) => [id, true]),
    );
    expect((await app.get('/v1/roles/auditor', { as: fresh.token })).body).toEqual(body.data[3]);
    expect((await app.patch('/v1/roles/auditor', { as: fresh.token, body: { scopes: ['*'] } })).status).toBe(404);
    expect((await app.delete('/v1/roles/auditor', { as: fresh.token })).status).toBe(404);
  });

  it('of one’s own give their scopes at once, and no more when they are narrowed', async () => {
    const { body: role, headers, status } = await create({ name: name(), description: 'Sees members', scopes: ['member.read', 'role.*'] });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/v1/roles/${role.id as string}`);
    const person = await app.member(role.id as string);
    expect((await app.get('/v1/members', { as: person.token })).status).toBe(200);
    expect((await app.patch(`/v1/roles/${role.id as string}`, { as: owner.token, body: { scopes: ['role.read'] } })).body).toMatchObject({
      description: 'Sees members',
      scopes: ['role.read'],
    });
    expect((await app.get('/v1/members', { as: person.token })).status).toBe(403);
  });

  it('A06 hold nothing that their maker does not hold', async () => {
    const maker = await create({ name: name(), scopes: ['role.*', 'member.read', 'member.update', 'send_sms'] });
    const person = await app.member(maker.body.id as string);
    for (const scopes of [['*'], ['member.*'], ['send_email'], ['member.read', 'organization.delete']]) {
      const answer = await create({ name: name(), scopes }, person);
      expect([answer.status, answer.body.code]).toEqual([403, 'scope_exceeds_grantor']);
    }
    const narrow = await create({ name: name(), scopes: ['send_sms'] }, person);
    expect(narrow.status).toBe(201);
    const widen = { as: person.token, body: { scopes: ['send_sms', 'send_email'] } };
    expect((await app.patch(`/v1/roles/${narrow.body.id as string}`, widen)).body.code).toBe('scope_exceeds_grantor');
    const wide = await create({ name: name(), scopes: ['api_key.*'] });
    const wider = `/v1/roles/${wide.body.id as string}`;
    expect((await app.patch(wider, { as: person.token, body: { scopes: [] } })).body.code).toBe('scope_exceeds_grantor');
    expect((await app.delete(wider, { as: person.token })).body.code).toBe('scope_exceeds_grantor');
    expect((await app.patch(`/v1/members/${person.userId}`, { as: person.token, body: { role: wide.body.id } })).body.code).toBe(
      'scope_exceeds_grantor',
    );
  });

  it('A07.1 hold known scopes only', async () => {
    const answer = await create({ name: name(), scopes: ['send_smss', 'member.read'] });
    expect([answer.status, answer.body.code, answer.body.didYouMean]).toEqual([422, 'unknown_scope', { send_smss: 'send_sms' }]);
    for (const scopes of [
      '*',
      {},
      [5],
      [null],
      [['*']],
      ['**'],
      ['*.*'],
      ['Member.read'],
      ['member.re*'],
      Array<string>(51).fill('*'),
      null,
    ]) {
      expect((await create({ name: name(), scopes })).status).toBe(400);
    }
  });

  it('A17.3 are unique by name, whatever its case: of twelve at the same moment, one', async () => {
    const taken = name();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => create({ name: i % 2 ? taken.toUpperCase() : taken })));
    expect(statuses(answers)).toEqual([201, ...Array<number>(11).fill(409)]);
    const { body: other } = await create({ name: name() });
    expect((await app.patch(`/v1/roles/${other.id as string}`, { as: owner.token, body: { name: taken } })).status).toBe(409);
    for (const builtIn of ['owner', 'Admin', ' AUDITOR ']) expect((await create({ name: builtIn })).status).toBe(409);
    const stranger = await app.otherOrganization();
    expect((await create({ name: taken }, stranger)).status).toBe(201);
  });

  it('are not deleted while somebody has them, and free their name when they are', async () => {
    const reused = name();
    const { body: role } = await create({ name: reused, scopes: ['role.read'] });
    const path = `/v1/roles/${role.id as string}`;
    const person = await app.member(role.id as string);
    expect((await app.delete(path, { as: owner.token })).body.code).toBe('conflict');
    await app.patch(`/v1/members/${person.userId}`, { as: owner.token, body: { role: 'auditor' } });
    const { body: account } = await app.post('/v1/service-accounts', { as: owner.token, body: { name: 'holder', role: role.id } });
    expect((await app.delete(path, { as: owner.token })).body.code).toBe('conflict');
    await app.delete(`/v1/service-accounts/${account.id as string}`, { as: owner.token });
    const { body: invitation } = await app.post('/v1/invitations', { as: owner.token, body: { email: 'late@example.com', role: role.id } });
    expect((await app.delete(path, { as: owner.token })).body.code).toBe('conflict');
    await app.delete(`/v1/invitations/${invitation.id as string}`, { as: owner.token });
    expect((await app.delete(path, { as: owner.token })).status).toBe(204);
    expect((await app.get(path, { as: owner.token })).status).toBe(404);
    expect((await create({ name: reused })).status).toBe(201);
  });

  it('A17 are given or deleted, never both', async () => {
    for (let round = 0; round < 10; round++) {
      const { body: role } = await create({ name: name() });
      const [given, deleted] = await Promise.all([
        app.post('/v1/service-accounts', { as: owner.token, body: { name: `racer ${round}`, role: role.id } }),
        app.delete(`/v1/roles/${role.id as string}`, { as: owner.token }),
      ]);
      expect([`${given.status} ${deleted.status}`]).toEqual([expect.stringMatching(/^(201 409|400 204)$/)]);
    }
  });

  it('A08 of another organization do not exist, and its pages do not open', async () => {
    const stranger = await app.otherOrganization();
    const { body: role } = await create({ name: name() });
    const path = `/v1/roles/${role.id as string}`;
    expect((await app.get(path, { as: stranger.token })).status).toBe(404);
    expect((await app.patch(path, { as: stranger.token, body: { scopes: [] } })).status).toBe(404);
    expect((await app.delete(path, { as: stranger.token })).status).toBe(404);
    const { nextCursor } = (await app.get('/v1/roles?limit=1', { as: owner.token })).body;
    expect((await app.get(`/v1/roles?cursor=${nextCursor as string}`, { as: stranger.token })).status).toBe(400);
  });

  it('A08.4 are not found by odd ids, and change by none', async () => {
    const odd = [
      'undefined',
      'null',
      '0',
      '1%20OR%201=1',
      '%C3%A9',
      '%25',
      '_',
      '..%2Fowner',
      'OWNER',
      'owner%20',
      'x'.repeat(200),
      '%F0%9F%94%91',
    ];
    const before = (await app.get('/v1/roles?limit=100', { as: owner.token })).text;
    for (const id of [...odd, `rol_${'0'.repeat(25)}`, `rol_${'z'.repeat(26)}`]) {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const answer = await app.call(method, `/v1/roles/${id}`, {
          as: owner.token,
          ...(method === 'PATCH' ? { body: { scopes: [] } } : {}),
        });
        expect([id, answer.status]).toEqual([id, 404]);
      }
    }
    expect((await app.get('/v1/roles?limit=100', { as: owner.token })).text).toBe(before);
  });

  it('may have a name of any characters but controls and halves of characters', async () => {
    for (const odd of ['🔑 Schlüssel', "'; DROP TABLE keystile_roles; --", '<script>', '%', '\u202e']) {
      const { body, status } = await create({ name: odd });
      expect(status).toBe(201);
      expect((await app.get(`/v1/roles/${body.id as string}`, { as: owner.token })).body.name).toBe(Buffer.from(odd).toString());
    }
    for (const control of ['\u0000', 'a\nb', '\u001b[31m', '\u0085', '\u2028', '\ud800'])
      expect((await create({ name: control })).status).toBe(400);
  });

  it('are listed page by page, the built-in ones last', async () => {
    const home = await app.otherOrganization();
    for (const each of ['a', 'b', 'c']) {
      app.clock.move({ seconds: 1 });
      await create({ name: each }, home);
    }
    for (const limit of [1, 2, 3, 4, 5, 7, 100]) {
      const seen: string[] = [];
      let cursor = '';
      for (;;) {
        const { body } = await app.get(`/v1/roles?limit=${limit}${cursor}`, { as: home.token });
        seen.push(...body.data.map((role: { name: string }) => role.name));
        if (!body.hasMore) break;
        cursor = `&cursor=${body.nextCursor as string}`;
      }
      expect(seen).toEqual(['c', 'b', 'a', 'owner', 'admin', 'developer', 'auditor']);
    }
  });
});

describe('service accounts', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const create = (body: object, by: TestPerson = owner) =>
    app.post('/v1/service-accounts', { as: by.token, body: { role: 'developer', ...body } });
  const keyOf = (id: unknown, body: object = {}) =>
    app.issueKey({ scopes: ['api_key.read'], owner: { type: 'service_account', id }, ...body });

  it('own keys that do no more than their role', async () => {
    const created = await create({ name: 'deploys', description: 'CI', role: 'auditor' });
    expect(created.status).toBe(201);
    expect(created.headers).toMatchObject({ etag: '"v1"', location: `/v1/service-accounts/${created.body.id as string}` });
    expect(created.body).toMatchObject({ name: 'deploys', description: 'CI', role: 'auditor', disabled: false, createdBy: owner.userId });
    const { key } = await keyOf(created.body.id, { scopes: ['api_key.*'] });
    expect((await app.get('/v1/api-keys', { as: key })).status).toBe(200);
    expect((await app.post('/v1/api-keys', { as: key, body: { name: 'x', scopes: [] } })).body.code).toBe('insufficient_scope');
    const who = (await app.get('/v1/whoami', { as: key })).body;
    expect([who.userId, who.scopes]).toEqual([null, ['api_key.read']]);
  });

  it('stop with their keys while they are disabled', async () => {
    const { body: account } = await create({ name: 'nightly' });
    const { key } = await keyOf(account.id);
    const path = `/v1/service-accounts/${account.id as string}`;
    const disabled = await app.patch(path, { as: owner.token, body: { disabled: true } });
    expect(disabled.body).toMatchObject({ disabled: true, disabledAt: app.clock.now().toISOString() });
    expect((await app.get('/v1/whoami', { as: key })).body.code).toBe('owner_inactive');
    expect((await app.patch(path, { as: owner.token, body: { disabled: false } })).body.disabledAt).toBeNull();
    expect((await app.get('/v1/whoami', { as: key })).status).toBe(200);
  });

  it('take their keys with them, or leave them to the organization', async () => {
    const { body: account } = await create({ name: 'leaver' });
    const [gone, kept] = [await keyOf(account.id), await keyOf(account.id, { onOwnerRemoved: 'transfer' })];
    const path = `/v1/service-accounts/${account.id as string}`;
    expect((await app.delete(path, { as: owner.token })).status).toBe(204);
    expect((await app.get('/v1/whoami', { as: gone.key })).body.code).toBe('api_key_revoked');
    expect((await app.get('/v1/api-keys', { as: kept.key })).status).toBe(200);
    expect((await app.get(path, { as: owner.token })).status).toBe(404);
    expect((await create({ name: 'LEAVER' })).status).toBe(201);
  });

  it('A06 get no role beyond their maker’s, nor are touched by those who hold less', async () => {
    const admin = await app.member('admin');
    expect((await create({ name: 'too much', role: 'owner' }, admin)).body.code).toBe('scope_exceeds_grantor');
    const { body: powerful } = await create({ name: 'powerful', role: 'owner' });
    const path = `/v1/service-accounts/${powerful.id as string}`;
    for (const body of [{ disabled: true }, { role: 'auditor' }, { name: 'x' }]) {
      expect((await app.patch(path, { as: admin.token, body })).body.code).toBe('scope_exceeds_grantor');
    }
    expect((await app.delete(path, { as: admin.token })).body.code).toBe('scope_exceeds_grantor');
    const { body: modest } = await create({ name: 'modest' }, admin);
    const raise = { as: admin.token, body: { role: 'owner' } };
    expect((await app.patch(`/v1/service-accounts/${modest.id as string}`, raise)).body.code).toBe('scope_exceeds_grantor');
  });

  it('A17.3 are unique by name: of twelve at the same moment, one', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => create({ name: 'twelve' })));
    expect(statuses(answers)).toEqual([201, ...Array<number>(11).fill(409)]);
  });

  it('A08 of another organization do not exist', async () => {
    const stranger = await app.otherOrganization();
    const { body: account } = await create({ name: 'ours' });
    const path = `/v1/service-accounts/${account.id as string}`;
    expect((await app.get(path, { as: stranger.token })).status).toBe(404);
    expect((await app.patch(path, { as: stranger.token, body: { disabled: true } })).status).toBe(404);
    expect((await app.delete(path, { as: stranger.token })).status).toBe(404);
    expect((await app.get('/v1/service-accounts', { as: stranger.token })).body.data).toEqual([]);
  });
});
