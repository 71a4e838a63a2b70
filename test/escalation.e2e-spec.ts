import { KeystileApp, type TestPerson } from '../src/testing';

describe('nobody gains a right they do not hold', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const keysOf = async () =>
    ((await app.get('/v1/api-keys?limit=100', { as: owner.token })).body.data as Array<{ id: string }>).map(({ id }) => id);
  const manager = (scopes: string[] = [], more: object = {}) =>
    app.issueKey({ scopes: ['api_key.create', 'api_key.update', 'api_key.rotate', 'api_key.read', 'api_key.revoke', ...scopes], ...more });

  it.each([
    [['*']],
    [['api_key.*']],
    [['send_sms']],
    [['api_key.read', '*']],
    [['api_key.verify']],
    [['organization.read']],
    [['member.*']],
  ])('A06.1 a key cannot make one with %j that it does not hold', async (scopes) => {
    const { id, key } = await manager();
    const before = await keysOf();
    const answer = await app.post('/v1/api-keys', { as: key, body: { name: 'wider', scopes } });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ code: 'scope_exceeds_grantor', message: 'You cannot grant a scope that you do not hold' });
    expect(await keysOf()).toEqual(before);
    const events = (await app.get(`/v1/audit-events?actorId=${id}`, { as: owner.token })).body.data as Array<{ action: string }>;
    expect(events.map(({ action }) => action)).toEqual(['api_key.create_denied']);
  });

  it('A06.6 makes narrower keys, owned by its own owner', async () => {
    const maker = await manager(['send_sms']);
    const answer = await app.post('/v1/api-keys', { as: maker.key, body: { name: 'narrower', scopes: ['send_sms'] } });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ createdBy: maker.id, owner: { type: 'user', id: owner.userId } });
    expect((await app.get('/v1/whoami', { as: answer.body.key as string })).body.scopes).toEqual(['send_sms']);
  });

  it('A06.3 widens neither itself nor another, and touches no wider key but to end it', async () => {
    const { id, key } = await manager();
    const wide = await app.issueKey({
      name: 'wide',
      scopes: ['send_sms'],
      allowedIps: ['203.0.113.7'],
      expiresAt: '2026-12-01T00:00:00Z',
      rateLimit: { limit: 1, windowSeconds: 60 },
    });
    const edits: Array<[string, object]> = [
      [id, { scopes: ['*'] }],
      [id, { scopes: ['api_key.*'] }],
      [wide.id, { allowedIps: null }],
      [wide.id, { expiresAt: null }],
      [wide.id, { rateLimit: null }],
      [wide.id, { name: 'mine' }],
      [wide.id, { scopes: [] }],
    ];
    const before = (await app.get(`/v1/api-keys/${wide.id}`, { as: owner.token })).body;
    for (const [target, body] of edits) {
      const answer = await app.patch(`/v1/api-keys/${target}`, { as: key, body });
      expect([answer.status, answer.body.code]).toEqual([403, 'scope_exceeds_grantor']);
    }
    expect((await app.post(`/v1/api-keys/${wide.id}/rotate`, { as: key, body: {} })).status).toBe(403);
    expect((await app.post(`/v1/api-keys/${id}/rotate`, { as: key, body: { scopes: ['send_sms'] } })).status).toBe(403);
    expect((await app.get(`/v1/api-keys/${wide.id}`, { as: owner.token })).body).toEqual(before);
    expect((await app.post(`/v1/api-keys/${wide.id}/revoke`, { as: key, body: {} })).status).toBe(200);
  });

  it('A06.3 A06.4 makes no freer twin of itself: what it makes is restricted at least as it is', async () => {
    const inAnHour = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const restricted = {
      allowedIps: ['127.0.0.0/8'],
      allowedEndpoints: [{ method: '*', path: '/v1/*' }],
      rateLimit: { limit: 1000, windowSeconds: 60 },
      expiresAt: inAnHour,
    };
    const { id, key } = await manager([], restricted);
    const make = (body: object) => app.post('/v1/api-keys', { as: key, body: { name: 'twin', scopes: [], ...body } });
    expect((await make({})).body).toMatchObject(restricted);
    expect((await make({ allowedIps: ['127.0.0.1'], rateLimit: { limit: 10, windowSeconds: 60 } })).status).toBe(201);
    for (const freer of [
      { allowedIps: [] },
      { allowedIps: ['10.0.0.1'] },
      { allowedEndpoints: [] },
      { allowedEndpoints: [{ method: '*', path: '/*' }] },
      { rateLimit: { limit: 2000, windowSeconds: 60 } },
    ]) {
      expect([freer, (await make(freer)).status]).toEqual([freer, 403]);
      expect([freer, (await app.patch(`/v1/api-keys/${id}`, { as: key, body: freer })).status]).toEqual([freer, 403]);
    }
    expect((await app.patch(`/v1/api-keys/${id}`, { as: key, body: { rateLimit: null } })).status).toBe(403);
    const eternal = await app.issueKey();
    expect((await app.post(`/v1/api-keys/${eternal.id}/rotate`, { as: key, body: {} })).body.code).toBe('forbidden');
    expect((await app.post(`/v1/api-keys/${id}/rotate`, { as: key, body: {} })).status).toBe(201);
  });

  it('A06.3 enables no wider key', async () => {
    const { key } = await manager();
    const wide = await app.issueKey({ scopes: ['send_sms'] });
    expect((await app.post(`/v1/api-keys/${wide.id}/disable`, { as: key })).status).toBe(200);
    expect((await app.post(`/v1/api-keys/${wide.id}/enable`, { as: key })).status).toBe(403);
    expect((await app.get('/v1/whoami', { as: wide.key })).status).toBe(401);
  });

  it('A06.4 lets no key outlive the key that made it', async () => {
    const inAnHour = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const later = new Date(app.clock.now().getTime() + 7_200_000).toISOString();
    const maker = await manager([], { expiresAt: inAnHour });
    const make = (body: object) => app.post('/v1/api-keys', { as: maker.key, body: { name: 'child', scopes: [], ...body } });
    expect((await make({})).body.expiresAt).toBe(inAnHour);
    expect((await make({ expiresAt: later })).status).toBe(400);
    const child = (await make({})).body;
    expect((await app.patch(`/v1/api-keys/${child.id}`, { as: maker.key, body: { expiresAt: later } })).status).toBe(400);
    const cleared = await app.patch(`/v1/api-keys/${child.id}`, { as: maker.key, body: { expiresAt: null } });
    expect(cleared.body.expiresAt).toBe(inAnHour);
    expect((await app.post(`/v1/api-keys/${child.id}/rotate`, { as: maker.key, body: { expiresAt: later } })).status).toBe(400);
  });

  it('G07 a test key makes and touches test keys only', async () => {
    const maker = await manager([], { environment: 'test' });
    const live = await app.issueKey();
    const make = (environment?: string) =>
      app.post('/v1/api-keys', { as: maker.key, body: { name: 'child', scopes: [], ...(environment ? { environment } : {}) } });
    expect((await make('live')).body.code).toBe('wrong_environment');
    expect((await make()).body.environment).toBe('test');
    for (const [method, path, body] of [
      ['PATCH', '', { name: 'x' }],
      ['POST', '/rotate', {}],
      ['POST', '/revoke', {}],
      ['POST', '/disable', undefined],
    ] as const) {
      expect((await app.call(method, `/v1/api-keys/${live.id}${path}`, { as: maker.key, body })).body.code).toBe('wrong_environment');
    }
    expect((await app.get('/v1/whoami', { as: live.key })).status).toBe(200);
  });

  it('cuts a key by what its owner may do at the moment of the call', async () => {
    const developer = await app.member('developer');
    const { id, key } = await app.issueKey({ scopes: ['send_sms', 'api_key.read'] }, developer);
    expect((await app.get('/v1/whoami', { as: key })).body.scopes).toEqual(['api_key.read', 'send_sms']);
    await app.patch(`/v1/members/${developer.userId}`, { as: owner.token, body: { role: 'auditor' } });
    expect((await app.get('/v1/whoami', { as: key })).body.scopes).toEqual(['api_key.read']);
    expect((await app.post('/sms', { as: key, body: { to: '+491701234567', text: 'x' } })).status).toBe(403);
    expect((await app.get(`/v1/api-keys/${id}`, { as: owner.token })).body.scopes).toEqual(['api_key.read', 'send_sms']);
    await app.patch(`/v1/members/${developer.userId}`, { as: owner.token, body: { role: 'developer' } });
    expect((await app.post('/sms', { as: key, body: { to: '+491701234567', text: 'x' } })).status).toBe(202);
  });

  it('a role that holds * gives its key no right that only people may have', async () => {
    const { key } = await app.issueKey({ scopes: ['*'] });
    expect((await app.delete(`/v1/organizations/${owner.organizationId}`, { as: key })).status).toBe(403);
    expect((await app.post('/v1/organizations', { as: key, body: { name: 'mine' } })).status).toBe(403);
    expect((await app.get(`/v1/organizations/${owner.organizationId}`, { as: owner.token })).status).toBe(200);
  });

  describe('when an owner goes', () => {
    it('K12 the key ends with the membership, or the organization takes it over, frozen', async () => {
      const developer = await app.member('developer');
      const ends = await app.issueKey({ scopes: ['send_sms'] }, developer);
      const stays = await app.issueKey({ scopes: ['send_sms', 'api_key.read'], onOwnerRemoved: 'transfer' }, developer);
      expect((await app.delete(`/v1/members/${developer.userId}`, { as: owner.token })).status).toBeLessThan(300);
      expect((await app.get('/v1/whoami', { as: ends.key })).body.code).toBe('api_key_revoked');
      expect((await app.get('/v1/whoami', { as: stays.key })).body).toMatchObject({
        id: stays.id,
        userId: null,
        scopes: ['api_key.read', 'send_sms'],
      });
      const read = (await app.get(`/v1/api-keys/${stays.id}`, { as: owner.token })).body;
      expect(read.owner).toEqual({ type: 'organization', id: owner.organizationId });
    });

    it('K12 everything ends with the account, whatever the keys say', async () => {
      const developer = await app.member('developer');
      const key = await app.issueKey({ onOwnerRemoved: 'transfer' }, developer);
      expect((await app.delete('/v1/users/me', { as: developer.token, body: { password: developer.password } })).status).toBeLessThan(300);
      expect((await app.get('/v1/whoami', { as: key.key })).status).toBe(401);
      expect((await app.get('/v1/whoami', { as: developer.token })).status).toBe(401);
    });

    it('a service account outlives people, and its keys end with it', async () => {
      const account = await app.post('/v1/service-accounts', { as: owner.token, body: { name: 'billing', role: 'developer' } });
      expect(account.status).toBe(201);
      const { id } = account.body as { id: string };
      const { key } = await app.issueKey({ scopes: ['send_sms', 'member.read'], owner: { type: 'service_account', id } });
      expect((await app.get('/v1/whoami', { as: key })).body).toMatchObject({ userId: null, scopes: ['send_sms'] });
      await app.patch(`/v1/service-accounts/${id}`, { as: owner.token, body: { disabled: true } });
      expect((await app.get('/v1/whoami', { as: key })).body.code).toBe('owner_inactive');
      await app.patch(`/v1/service-accounts/${id}`, { as: owner.token, body: { disabled: false } });
      expect((await app.get('/v1/whoami', { as: key })).status).toBe(200);
      await app.delete(`/v1/service-accounts/${id}`, { as: owner.token });
      expect((await app.get('/v1/whoami', { as: key })).status).toBe(401);
    });

    it('a suspended organization lets nobody in, and a restored one does again', async () => {
      const other = await app.otherOrganization();
      const { key } = await app.issueKey({}, other);
      const suspend = (status: string) => app.patch(`/v1/organizations/${other.organizationId}`, { as: owner.token, body: { status } });
      expect((await suspend('suspended')).status).toBe(200);
      expect((await app.get('/v1/whoami', { as: key })).body).toMatchObject({ code: 'organization_suspended', status: 403 });
      expect((await app.get('/v1/whoami', { as: other.token })).body.code).toBe('organization_suspended');
      expect((await suspend('active')).status).toBe(200);
      expect((await app.get('/v1/whoami', { as: key })).status).toBe(200);
    });
  });

  it('only who manages others may make keys for them', async () => {
    const developer = await app.member('developer');
    const make = (owned: object) => app.post('/v1/api-keys', { as: developer.token, body: { name: 'x', scopes: [], owner: owned } });
    for (const owned of [
      { type: 'user', id: owner.userId },
      { type: 'organization', id: owner.organizationId },
      { type: 'service_account', id: 'sva_x' },
    ]) {
      expect((await make(owned)).body.code).toBe('insufficient_scope');
    }
    expect((await make({ type: 'user', id: developer.userId })).status).toBe(201);
    const stranger = await app.otherOrganization();
    const forStranger = await app.post('/v1/api-keys', {
      as: owner.token,
      body: { name: 'x', scopes: [], owner: { type: 'user', id: stranger.userId } },
    });
    expect(forStranger.body.errors).toEqual([{ pointer: '/owner', message: expect.any(String) }]);
    const foreign = await app.post('/v1/api-keys', {
      as: owner.token,
      body: { name: 'x', scopes: [], owner: { type: 'organization', id: stranger.organizationId } },
    });
    expect(foreign.status).toBe(400);
  });

  it('an organization can ask for an expiry, an allowlist and a longest life', async () => {
    const other = await app.otherOrganization();
    const policy = (body: object) => app.patch(`/v1/organizations/${other.organizationId}`, { as: other.token, body });
    const make = (body: object) => app.post('/v1/api-keys', { as: other.token, body: { name: 'x', scopes: [], ...body } });
    expect(
      (
        await policy({
          keyExpiryRequired: true,
          keyAllowlistRequired: true,
          maxKeyLifetimeSeconds: 3600,
          defaultRateLimit: { limit: 7, windowSeconds: 1 },
        })
      ).status,
    ).toBe(200);
    const soon = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    expect((await make({ expiresAt: soon })).body.errors[0].pointer).toBe('/allowedIps');
    expect((await make({ allowedIps: ['10.0.0.1'] })).body.errors[0].pointer).toBe('/expiresAt');
    expect((await make({ allowedIps: ['10.0.0.1'], expiresAt: '2030-01-01T00:00:00Z' })).body.errors[0].pointer).toBe('/expiresAt');
    const made = await make({ allowedIps: ['10.0.0.1'], expiresAt: soon });
    expect(made.body).toMatchObject({ rateLimit: { limit: 7, windowSeconds: 1 } });
  });
});
