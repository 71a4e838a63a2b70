import { KeystileApp, type TestPerson } from '../src/testing';

interface MemberKey {
  readonly id: string;
  readonly name: string;
  readonly why: readonly string[];
  readonly lastUsedAt: string | null;
}

interface Result {
  readonly keyId: string;
  readonly name: string | null;
  readonly outcome: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly prefix?: string | null;
  readonly key?: string | null;
}

describe('somebody who leaves', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let leaver: TestPerson;
  let organization: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  beforeEach(async () => {
    app.clock.move({ minutes: 20 });
    owner = await app.owner();
    organization = await app.otherOrganization();
    leaver = await app.member('admin', { by: organization });
  });
  afterAll(() => app.stop());

  const keysOf = async (person: TestPerson, as = organization.token, query = ''): Promise<MemberKey[]> => {
    const answer = await app.get(`/v1/members/${person.userId}/keys${query}`, { as });
    expect(answer.status).toBe(200);
    return answer.body.data as MemberKey[];
  };
  const whyOf = async (person: TestPerson): Promise<Record<string, readonly string[]>> =>
    Object.fromEntries((await keysOf(person)).map(({ name, why }) => [name, why]));
  const act = async (verb: 'revoke' | 'rotate', body: object, as = organization.token): Promise<Result[]> => {
    const answer = await app.post(`/v1/members/${leaver.userId}/keys/${verb}`, { as, body });
    expect(answer.status).toBe(verb === 'revoke' ? 200 : 201);
    return answer.body.data as Result[];
  };
  const toOrganization = (): object => ({ owner: { type: 'organization', id: organization.organizationId } });
  const remove = async (): Promise<void> => {
    expect((await app.delete(`/v1/members/${leaver.userId}`, { as: organization.token })).status).toBe(204);
  };
  const statusOf = async (key: string): Promise<number> => (await app.get('/v1/whoami', { as: key })).status;

  describe('leaves one list of keys', () => {
    it('C25 that they own, made or saw, each with why and when it was last used', async () => {
      await app.issueKey({ name: 'own' }, leaver);
      const used = await app.issueKey({ name: 'given', owner: { type: 'user', id: leaver.userId } }, organization);
      await app.issueKey({ name: 'made', ...toOrganization() }, leaver);
      const seen = await app.issueKey({ name: 'seen', ...toOrganization() }, organization);
      await app.post(`/v1/api-keys/${seen.id}/rotate`, { as: leaver.token, body: { overlapSeconds: 60 } });
      await app.issueKey({ name: 'of somebody else' }, organization);
      expect(await statusOf(used.key)).toBe(200);

      const keys = await keysOf(leaver);
      expect(keys.map(({ name, why }) => [name, why])).toEqual([
        ['seen', ['rotated']],
        ['made', ['created']],
        ['given', ['owned']],
        ['own', ['owned', 'created']],
      ]);
      expect(keys.map(({ lastUsedAt }) => lastUsedAt)).toEqual([null, null, app.clock.now().toISOString(), null]);
      expect(keys[0]).toMatchObject({ id: seen.id, status: 'active', prefix: expect.stringMatching(/^ks_live_/) as string });
      expect((await app.get(`/v1/members/${leaver.userId}/keys`, { as: organization.token })).text).not.toContain(used.key.slice(-38));
    });

    it('C25 with what they did by a key of theirs', async () => {
      const tool = await app.issueKey({ name: 'tool', scopes: ['api_key.*', 'organization.update'] }, leaver);
      const back = await app.post('/v1/api-keys', { as: tool.key, body: { name: 'back door', scopes: [], ...toOrganization() } });
      expect(back.status).toBe(201);
      const other = await app.issueKey({ name: 'other', ...toOrganization() }, organization);
      expect((await app.post(`/v1/api-keys/${other.id}/rotate`, { as: tool.key, body: {} })).status).toBe(201);
      await app.post(`/v1/api-keys/${tool.id}/revoke`, { as: organization.token, body: {} });
      expect(await whyOf(leaver)).toEqual({ 'back door': ['created'], other: ['rotated'] });
    });

    it('C25 that outlives them: keys that the organization took over are still told of', async () => {
      await app.issueKey({ name: 'own' }, leaver);
      await app.issueKey({ name: 'handed over', onOwnerRemoved: 'transfer' }, leaver);
      const given = { name: 'given and handed over', owner: { type: 'user', id: leaver.userId }, onOwnerRemoved: 'transfer' };
      await app.issueKey(given, organization);
      for (let i = 0; i < 3; i++)
        await app.issueKey({ name: `of another ${i}`, onOwnerRemoved: 'transfer' }, await app.member('developer', { by: organization }));
      await app.issueKey({ name: 'made', ...toOrganization() }, leaver);
      await remove();
      expect(await whyOf(leaver)).toEqual({
        made: ['created'],
        'given and handed over': ['owned'],
        'handed over': ['owned', 'created'],
      });
      const results = await act('revoke', {});
      expect(results.map(({ outcome }) => outcome)).toEqual(['revoked', 'revoked', 'revoked']);
      expect(await keysOf(leaver)).toEqual([]);
    });

    it('that is read page by page, each key once', async () => {
      for (let i = 0; i < 7; i++) {
        const { id } = await app.issueKey({ name: `key ${i}`, ...(i % 2 ? toOrganization() : {}) }, i % 3 ? leaver : organization);
        app.clock.move({ seconds: 11 });
        if (i % 3 === 0) await app.post(`/v1/api-keys/${id}/rotate`, { as: leaver.token, body: {} });
      }
      const all = await keysOf(leaver);
      expect(all.map(({ name }) => name)).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `key ${i}`));
      const paged: MemberKey[] = [];
      for (let cursor = ''; ;) {
        const { body } = await app.get(`/v1/members/${leaver.userId}/keys?limit=2${cursor}`, { as: organization.token });
        paged.push(...(body.data as MemberKey[]));
        expect(body.hasMore).toBe(body.nextCursor !== null);
        if (!body.hasMore) break;
        cursor = `&cursor=${body.nextCursor}`;
      }
      expect(paged).toEqual(all);
      const { nextCursor } = (await app.get(`/v1/members/${leaver.userId}/keys?limit=2`, { as: organization.token })).body;
      const elsewhere = await app.get(`/v1/members/${organization.userId}/keys?cursor=${nextCursor}`, { as: organization.token });
      expect(elsewhere.body.code).toBe('validation_failed');
    });
  });

  describe('can be shut out by one call', () => {
    it('C25 that revokes their keys together, and says of each whether it is', async () => {
      const own = await app.issueKey({ name: 'own' }, leaver);
      const made = await app.issueKey({ name: 'made', ...toOrganization() }, leaver);
      const bystander = await app.issueKey({ name: 'bystander' }, organization);
      const results = await act('revoke', { reason: 'left the company' });
      expect(results).toEqual([
        { keyId: made.id, name: 'made', outcome: 'revoked', code: null, message: null },
        { keyId: own.id, name: 'own', outcome: 'revoked', code: null, message: null },
      ]);
      expect([await statusOf(own.key), await statusOf(made.key), await statusOf(bystander.key)]).toEqual([401, 401, 200]);
      const { body } = await app.get(`/v1/audit-events?targetId=${made.id}&action=api_key.revoked`, { as: organization.token });
      expect(body.data).toEqual([
        expect.objectContaining({ reason: 'left the company', actor: { type: 'user', id: organization.userId } }),
      ]);
      expect(await act('revoke', {})).toEqual([]);
      expect((await act('revoke', { keyIds: [own.id] }))[0]).toMatchObject({ outcome: 'revoked' });
    });

    it('C25 that rotates them together: what they know is worth nothing, and each new secret is told once', async () => {
      const made = await app.issueKey({ name: 'made', ...toOrganization() }, leaver);
      const other = await app.issueKey({ name: 'other', ...toOrganization() }, leaver);
      await app.issueKey({ name: 'short-lived', expiresAt: new Date(app.clock.now().getTime() + 60_000).toISOString() }, leaver);
      app.clock.move({ minutes: 2 });
      const answer = await app.post(`/v1/members/${leaver.userId}/keys/rotate`, {
        as: organization.token,
        headers: { 'idempotency-key': 'once' },
        body: { overlapSeconds: 600, reason: 'left the company' },
      });
      expect(answer.status).toBe(201);
      expect(answer.headers['cache-control']).toBe('no-store');
      const results = answer.body.data as Result[];
      expect(results.map(({ keyId, outcome }) => [keyId, outcome])).toEqual([
        [other.id, 'rotated'],
        [made.id, 'rotated'],
      ]);
      for (const { key, prefix } of results) {
        expect(key).toMatch(new RegExp(`^${prefix}_`));
        expect(await statusOf(key!)).toBe(200);
      }
      expect(await statusOf(made.key)).toBe(200);
      app.clock.move({ minutes: 10 });
      expect([await statusOf(made.key), await statusOf(other.key)]).toEqual([401, 401]);
      const { token } = await app.login(organization.email);
      const repeated = await app.post(`/v1/members/${leaver.userId}/keys/rotate`, { as: token, body: { keyIds: [made.id] } });
      expect(repeated.body.data[0].key).not.toBe(results[1]!.key);
      const { body } = await app.get(`/v1/audit-events?targetId=${other.id}&action=api_key.rotated`, { as: token });
      expect(body.data).toEqual([expect.objectContaining({ reason: 'left the company' })]);
    });

    it('C25 the same answer again for the same Idempotency-Key, so that a lost one costs no secret', async () => {
      await app.issueKey({ name: 'made', ...toOrganization() }, leaver);
      const rotate = () =>
        app.post(`/v1/members/${leaver.userId}/keys/rotate`, { as: organization.token, headers: { 'idempotency-key': 'twice' }, body: {} });
      const [first, second] = [await rotate(), await rotate()];
      expect(second.headers['idempotency-replayed']).toBe('true');
      expect(second.body).toEqual(first.body);
    });

    it('C25 that names some of them; what is not theirs, or cannot be done, is refused by itself', async () => {
      const fresh = await app.issueKey({ name: 'fresh' }, leaver);
      const gone = await app.issueKey({ name: 'gone' }, leaver);
      const expired = await app.issueKey({ name: 'expired', expiresAt: new Date(app.clock.now().getTime() + 1_000).toISOString() }, leaver);
      const bystander = await app.issueKey({ name: 'bystander' }, organization);
      const foreign = await app.issueKey({ name: 'foreign' }, owner);
      await app.post(`/v1/api-keys/${gone.id}/revoke`, { as: organization.token, body: {} });
      app.clock.move({ seconds: 2 });
      const keyIds = [bystander.id, gone.id, foreign.id, expired.id, fresh.id];
      const results = await act('rotate', { keyIds });
      const byName = Object.fromEntries(results.map((result) => [result.keyId, [result.outcome, result.code]]));
      expect(byName).toEqual({
        [bystander.id]: ['refused', 'not_found'],
        [foreign.id]: ['refused', 'not_found'],
        [gone.id]: ['refused', 'conflict'],
        [expired.id]: ['refused', 'validation_failed'],
        [fresh.id]: ['rotated', null],
      });
      expect(results.find(({ keyId }) => keyId === foreign.id)).toMatchObject({ name: null, key: null, prefix: null });
      expect((await act('rotate', { keyIds: [fresh.id] }))[0]).toMatchObject({ outcome: 'refused', code: 'rotation_conflict' });
      expect((await act('revoke', { keyIds: [bystander.id] }))[0]).toMatchObject({ outcome: 'refused', code: 'not_found' });
      expect([await statusOf(bystander.key), await statusOf(foreign.key)]).toEqual([200, 200]);
    });

    it('A06.1 that grants nothing: who may not hold a scope gets no secret with it', async () => {
      const strong = await app.issueKey({ name: 'strong', scopes: ['member.delete'], ...toOrganization() }, leaver);
      const weak = await app.issueKey({ name: 'weak', scopes: ['send_sms'], ...toOrganization() }, leaver);
      const scopes = ['api_key.*', 'member.read', 'send_sms'];
      const helper = await app.issueKey({ name: 'helper', scopes, ...toOrganization() }, organization);
      const rotated = await act('rotate', {}, helper.key);
      expect(rotated.map(({ keyId, outcome, code }) => [keyId, outcome, code])).toEqual([
        [weak.id, 'rotated', null],
        [strong.id, 'refused', 'scope_exceeds_grantor'],
      ]);
      const test = await app.issueKey({ scopes: ['*'], environment: 'test', ...toOrganization() }, organization);
      expect((await act('revoke', {}, test.key)).map(({ code }) => code)).toEqual(['wrong_environment', 'wrong_environment']);
      expect((await act('revoke', {}, helper.key)).map(({ outcome }) => outcome)).toEqual(['revoked', 'revoked']);
    });

    it('that tells the secrets it made although the database is lost half way, and leaves the rest alone', async () => {
      const keys = [];
      for (const name of ['third', 'second', 'first']) keys.push(await app.issueKey({ name, ...toOrganization() }, leaver));
      let inserts = 0;
      const { driver } = app.service.database;
      const create = driver.createQueryRunner;
      driver.createQueryRunner = (mode) => {
        const runner = create.call(driver, mode);
        const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<never>;
        runner.query = (...parameters: unknown[]) => {
          const isSecret = /INSERT INTO .?api_key_credentials/.test(String(parameters[0]));
          if (isSecret && ++inserts === 2) return Promise.reject(Object.assign(new Error('Lost'), { code: 'ECONNRESET' }));
          return query(...parameters);
        };
        return runner;
      };
      const results = await act('rotate', {});
      driver.createQueryRunner = create;
      expect(results.map(({ name, outcome, code }) => [name, outcome, code])).toEqual([
        ['first', 'rotated', null],
        ['second', 'refused', 'unavailable'],
        ['third', 'refused', 'unavailable'],
      ]);
      expect(inserts).toBe(2);
      expect(await Promise.all([results[0]!.key!, keys[1]!.key, keys[0]!.key].map(statusOf))).toEqual([200, 200, 200]);
      expect(await statusOf(keys[2]!.key)).toBe(401);
    });

    it('that has to name them where there are more than it takes', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 101; i++) ids.push((await app.issueKey({ name: `key ${i}` }, leaver)).id);
      const path = `/v1/members/${leaver.userId}/keys/rotate`;
      const unnamed = await app.post(path, { as: organization.token, body: {} });
      expect(unnamed.body.errors).toEqual([{ pointer: '/keyIds', message: 'must be given, because there are more than 100 keys' }]);
      expect((await app.post(path, { as: organization.token, body: { keyIds: ids } })).status).toBe(400);
      const named = await app.post(path, {
        as: organization.token,
        headers: { 'idempotency-key': 'many' },
        body: { keyIds: ids.slice(1) },
      });
      expect(named.body.data).toHaveLength(100);
      const again = await app.post(path, {
        as: organization.token,
        headers: { 'idempotency-key': 'many' },
        body: { keyIds: ids.slice(1) },
      });
      expect(again.body).toEqual(named.body);
      const revoked = await app.post(`/v1/members/${leaver.userId}/keys/revoke`, { as: organization.token, body: {} });
      expect(revoked.body.data).toHaveLength(101);
    }, 60_000);

    it('a key of theirs that makes the call ends itself last', async () => {
      const tool = await app.issueKey({ name: 'tool', scopes: ['api_key.*', 'member.read'] }, leaver);
      await app.issueKey({ name: 'newer' }, leaver);
      const results = await act('revoke', {}, tool.key);
      expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
        ['newer', 'revoked'],
        ['tool', 'revoked'],
      ]);
      expect(await statusOf(tool.key)).toBe(401);
    });
  });

  it('A08.1 is nobody to another organization, and nobody asks without the scopes', async () => {
    const { id } = await app.issueKey({ name: 'own' }, leaver);
    const path = `/v1/members/${leaver.userId}/keys`;
    const nobody = `/v1/members/${leaver.userId.slice(0, -4)}0000/keys`;
    for (const [method, rest, body] of [
      ['GET', '', undefined],
      ['POST', '/revoke', { keyIds: [id] }],
      ['POST', '/rotate', { keyIds: [id] }],
    ] as const) {
      const foreign = await app.call(method, `${path}${rest}`, { as: owner.token, body });
      const missing = await app.call(method, `${nobody}${rest}`, { as: organization.token, body });
      expect([foreign.status, missing.status]).toEqual([404, 404]);
      expect((await app.call(method, `/v1/members/x%20y/keys${rest}`, { as: organization.token, body })).status).toBe(404);
      const developer = await app.member('developer', { by: organization });
      expect((await app.call(method, `${path}${rest}`, { as: developer.token, body })).body.code).toBe('insufficient_scope');
    }
    const auditor = await app.member('auditor', { by: organization });
    expect(await keysOf(leaver, auditor.token)).toHaveLength(1);
    expect((await app.post(`${path}/revoke`, { as: auditor.token, body: {} })).body.code).toBe('insufficient_scope');
  });

  it.each([
    ['a list of none', { keyIds: [] }, '/keyIds'],
    ['null for a list', { keyIds: null }, '/keyIds'],
    ['a text for a list', { keyIds: 'key_x' }, '/keyIds'],
    ['a list of what is no id', { keyIds: ['key_x'] }, '/keyIds'],
    ['a list that is too long', { keyIds: Array(501).fill('key_00000000000000000000000001') }, '/keyIds'],
    ['an empty reason', { reason: '' }, '/reason'],
    ['a reason on two lines', { reason: 'a\nb' }, '/reason'],
    ['a field that does not exist', { keys: [] }, '/keys'],
  ])('is not shut out by %s', async (_what, body, pointer) => {
    const answer = await app.post(`/v1/members/${leaver.userId}/keys/revoke`, { as: organization.token, body });
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([400, pointer]);
  });
});
