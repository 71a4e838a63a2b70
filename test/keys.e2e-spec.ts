import { Logger } from '@nestjs/common';

import { KeystileApp, type TestPerson } from '../src/testing';

describe('API keys', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  beforeEach(async () => {
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const create = (body: object, as = owner.token) => app.post('/v1/api-keys', { as, body });
  const whoami = (as: string) => app.get('/v1/whoami', { as });

  describe('being created', () => {
    it('T05 T06 T08 has a name, scopes and an optional expiry, and answers 201 with its Location', async () => {
      const answer = await create({ name: 'billing', scopes: ['send_sms', 'send_email'], expiresAt: '2026-06-01T00:00:00+02:00' });
      expect(answer.status).toBe(201);
      expect(answer.headers.location).toBe(`/v1/api-keys/${answer.body.id}`);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.body).toMatchObject({
        name: 'billing',
        scopes: ['send_email', 'send_sms'],
        environment: 'live',
        status: 'active',
        expiresAt: '2026-05-31T22:00:00.000Z',
        createdBy: owner.userId,
        owner: { type: 'user', id: owner.userId },
        organizationId: owner.organizationId,
        rotationDueAt: new Date(app.clock.now().getTime() + 90 * 86_400_000).toISOString(),
        lastUsedAt: null,
      });
      expect(answer.body.key).toMatch(new RegExp(`^${answer.body.prefix}_[0-9A-Za-z]{38}$`));
    });

    it('T10 T12 shows the secret once: no later answer holds it', async () => {
      const { body } = await create({ name: 'once', scopes: [] });
      const secret = (body.key as string).slice(-38);
      for (const path of [`/v1/api-keys/${body.id}`, '/v1/api-keys', '/v1/call-logs', '/v1/audit-events']) {
        const answer = await app.get(path, { as: owner.token });
        expect(answer.status).toBe(200);
        expect(answer.text).not.toContain(secret);
      }
    });

    it.each([
      [{}, '/name'],
      [{ name: '' }, '/name'],
      [{ name: ' ' }, '/name'],
      [{ name: 'x'.repeat(101), scopes: [] }, '/name'],
      [{ name: 'a\nb', scopes: [] }, '/name'],
      [{ name: 0, scopes: [] }, '/name'],
      [{ name: 'x' }, '/scopes'],
      [{ name: 'x', scopes: 'send_sms' }, '/scopes'],
      [{ name: 'x', scopes: {} }, '/scopes'],
      [{ name: 'x', scopes: [5] }, '/scopes'],
      [{ name: 'x', scopes: [null] }, '/scopes'],
      [{ name: 'x', scopes: [['send_sms']] }, '/scopes'],
      [{ name: 'x', scopes: ['**'] }, '/scopes'],
      [{ name: 'x', scopes: ['*.*'] }, '/scopes'],
      [{ name: 'x', scopes: [], environment: 'prod' }, '/environment'],
      [{ name: 'x', scopes: [], allowedIps: ['10.0.0.1/33'] }, '/allowedIps'],
      [{ name: 'x', scopes: [], allowedIps: '10.0.0.1' }, '/allowedIps'],
      [{ name: 'x', scopes: [], allowedIps: [['10.0.0.1']] }, '/allowedIps'],
      [{ name: 'x', scopes: [], allowedIps: ['0.0.0.0/0'] }, '/allowedIps'],
      [{ name: 'x', scopes: [], allowedReferrers: ['*'] }, '/allowedReferrers'],
      [{ name: 'x', scopes: [], allowedEndpoints: { method: 'GET', path: '/' } }, '/allowedEndpoints'],
      [{ name: 'x', scopes: [], allowedEndpoints: [{ method: 'BREW', path: '/' }] }, '/allowedEndpoints/0/method'],
      [{ name: 'x', scopes: [], expiresAt: '2026-06-01' }, '/expiresAt'],
      [{ name: 'x', scopes: [], expiresAt: 5 }, '/expiresAt'],
      [{ name: 'x', scopes: [], expiresAt: '2026-02-31T00:00:00Z' }, '/expiresAt'],
      [{ name: 'x', scopes: [], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
      [{ name: 'x', scopes: [], rateLimit: { limit: 0, windowSeconds: 1 } }, '/rateLimit/limit'],
      [{ name: 'x', scopes: [], rateLimit: [{ limit: 1, windowSeconds: 1 }] }, '/rateLimit'],
      [{ name: 'x', scopes: [], metadata: { a: { b: 'c' } } }, '/metadata'],
      [{ name: 'x', scopes: [], metadata: { a: 'x'.repeat(5000) } }, '/metadata'],
      [{ name: 'x', scopes: [], owner: { type: 'god', id: 'x' } }, '/owner/type'],
      [{ name: 'x', scopes: [], onOwnerRemoved: 'keep' }, '/onOwnerRemoved'],
      [{ name: 'x', scopes: [], status: 'active' }, '/status'],
      [{ name: 'x', scopes: [], organizationId: 'org_x' }, '/organizationId'],
    ])('A11.2 is refused with %j, naming %s', async (body, pointer) => {
      const before = await app.get('/v1/api-keys?limit=100', { as: owner.token });
      const answer = await create(body);
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        code: 'validation_failed',
        message: 'Validation failed',
        requestId: answer.headers['x-request-id'],
      });
      expect(answer.body.errors[0].pointer.startsWith(pointer)).toBe(true);
      expect((await app.get('/v1/api-keys?limit=100', { as: owner.token })).body).toEqual(before.body);
    });

    it('names the nearest scope when one is mistyped', async () => {
      const answer = await create({ name: 'typo', scopes: ['send_smss', 'api_keys.read'] });
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({
        code: 'unknown_scope',
        message: 'Unknown scope: api_keys.read, send_smss',
        didYouMean: { send_smss: 'send_sms', 'api_keys.read': 'api_key.read' },
      });
    });

    it('A06.2 holds nothing when it is given nothing', async () => {
      const { key } = await app.issueKey({ scopes: [] });
      expect((await whoami(key)).body.scopes).toEqual([]);
      expect((await app.post('/sms', { as: key, body: { to: '+491701234567', text: 'x' } })).status).toBe(403);
    });

    it('C20 keeps its allowlist as a JSON array in api_keys.ip_allowlist', async () => {
      const { id } = await app.issueKey({ allowedIps: ['10.1.2.3/8', '2001:DB8::1', '10.0.0.0/8'] });
      const [row] = (await app.service.database.query(`SELECT ip_allowlist FROM api_keys WHERE id = '${id}'`)) as [
        { ip_allowlist: string },
      ];
      expect(JSON.parse(row.ip_allowlist)).toEqual(['10.0.0.0/8', '2001:db8::1']);
    });

    it('T11 K10 is stored as a digest under a pepper, and as plain SHA-256 where that is asked for', async () => {
      const { createHash } = await import('node:crypto');
      const { id, key } = await app.issueKey();
      const stored = async (keyId: string) =>
        app.service.database.query(`SELECT digest, algorithm, pepper_id FROM api_key_credentials WHERE key_id = '${keyId}'`);
      const sha256 = createHash('sha256').update(key).digest('hex');
      expect(await stored(id)).toEqual([
        { digest: expect.not.stringContaining(sha256), algorithm: 'hmac-sha256', pepper_id: expect.any(String) },
      ]);
    });
  });

  describe('being listed', () => {
    it('comes newest first, in pages, each key once', async () => {
      const reader = await app.otherOrganization();
      for (let i = 0; i < 7; i++) {
        app.clock.move({ milliseconds: i % 2 });
        await app.issueKey({ name: `k${i}` }, reader);
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await app.get(`/v1/api-keys?limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, { as: reader.token });
        seen.push(...page.body.data.map(({ name }: { name: string }) => name));
        cursor = page.body.nextCursor as string | null;
        expect(page.body.hasMore).toBe(cursor !== null);
      } while (cursor);
      expect(seen.toSorted()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']);
      expect(seen.slice(-1)).toEqual(['k0']);
    });

    it('A10.2 is searched literally, by name and by prefix', async () => {
      const reader = await app.otherOrganization();
      const named = await Promise.all(['100% sure', 'under_score', 'plain', 'Ünïcode'].map((name) => app.issueKey({ name }, reader)));
      const search = async (q: string) =>
        (await app.get(`/v1/api-keys?q=${encodeURIComponent(q)}`, { as: reader.token })).body.data.map(
          ({ name }: { name: string }) => name,
        );
      expect(await search('%')).toEqual(['100% sure']);
      expect(await search('_')).toEqual(['under_score']);
      expect(await search('\\%')).toEqual([]);
      expect(await search('PLAIN')).toEqual(['plain']);
      expect(await search('üNÏ')).toEqual(['Ünïcode']);
      expect(await search(named[2]!.prefix)).toEqual(['plain']);
      expect(await search(named[2]!.key)).toEqual([]);
    });

    it('is narrowed by status, environment, scope, owner, expiry and use', async () => {
      const reader = await app.otherOrganization();
      const names = async (query: string) =>
        (await app.get(`/v1/api-keys?${query}`, { as: reader.token })).body.data.map(({ name }: { name: string }) => name).toSorted();
      const soon = new Date(app.clock.now().getTime() + 60_000).toISOString();
      const plain = await app.issueKey({ name: 'plain', scopes: ['send_sms'] }, reader);
      await app.issueKey({ name: 'family', scopes: ['api_key.*'] }, reader);
      await app.issueKey({ name: 'all', scopes: ['*'] }, reader);
      await app.issueKey({ name: 'test', environment: 'test' }, reader);
      await app.issueKey({ name: 'short', expiresAt: soon }, reader);
      const { id } = await app.issueKey({ name: 'off' }, reader);
      await app.post(`/v1/api-keys/${id}/disable`, { as: reader.token });
      const gone = await app.issueKey({ name: 'gone' }, reader);
      await app.post(`/v1/api-keys/${gone.id}/revoke`, { as: reader.token });
      app.clock.move({ minutes: 2 });
      const elsewhere = await app.issueKey({ name: 'of others' }, await app.otherOrganization());
      expect(await names(`id=${plain.id},${gone.id},${elsewhere.id}`)).toEqual(['gone', 'plain']);
      expect(await names('status=active')).toEqual(['all', 'family', 'plain', 'test']);
      expect(await names('status=expired')).toEqual(['short']);
      expect(await names('status=disabled')).toEqual(['off']);
      expect(await names('status=revoked')).toEqual(['gone']);
      expect(await names('environment=test')).toEqual(['test']);
      expect(await names('scope=send_sms')).toEqual(['all', 'plain']);
      expect(await names('scope=api_key.read')).toEqual(['all', 'family']);
      expect(await names(`owner=${reader.userId}`)).toHaveLength(7);
      expect(await names('owner=me')).toHaveLength(7);
      expect(await names('owner=usr_nobody')).toEqual([]);
      expect(await names(`expiresBefore=${encodeURIComponent(app.clock.now().toISOString())}`)).toEqual(['short']);
      expect(await names(`lastUsedBefore=${encodeURIComponent(app.clock.now().toISOString())}`)).toHaveLength(7);
    });

    it.each([
      'limit=-1',
      'limit=0',
      'limit=101',
      'limit=1e9',
      'limit=NaN',
      'limit=1.5',
      'limit=',
      'limit=0x10',
      'limit=1&limit=2',
      'limit[]=1',
      'cursor=x',
      'cursor=',
      'sort=name',
      'order=desc',
      'status=any',
      'id=',
      'id=usr_00000000000000000000000000',
      'id=key_00000000000000000000000000,',
      'q=',
      'q[]=a',
      'q=a&q=b',
      'scope=*.*',
      'lastUsedBefore=yesterday',
    ])('A10.3 refuses ?%s', async (query) => {
      const answer = await app.get(`/v1/api-keys?${query}`, { as: owner.token });
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe('validation_failed');
    });
  });

  describe('being changed', () => {
    it('keeps what is absent and clears what is null (RFC 7396)', async () => {
      const { id } = await app.issueKey({
        name: 'patchy',
        description: 'old',
        allowedIps: ['10.0.0.1'],
        expiresAt: '2027-01-01T00:00:00Z',
        metadata: { a: '1' },
      });
      const changed = await app.patch(`/v1/api-keys/${id}`, {
        as: owner.token,
        body: { name: 'patched', allowedIps: null, description: null },
      });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({
        name: 'patched',
        description: null,
        allowedIps: [],
        expiresAt: '2027-01-01T00:00:00.000Z',
        metadata: { a: '1' },
      });
      const cleared = await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { expiresAt: null, metadata: null } });
      expect(cleared.body).toMatchObject({ name: 'patched', expiresAt: null, metadata: {} });
    });

    it('moves its ETag with changes by people, and refuses a change that was made for another version', async () => {
      const { id, key } = await app.issueKey();
      const read = () => app.get(`/v1/api-keys/${id}`, { as: owner.token });
      const { etag } = (await read()).headers;
      await whoami(key);
      expect((await read()).headers.etag).toBe(etag);
      const first = await app.patch(`/v1/api-keys/${id}`, {
        as: owner.token,
        body: { name: 'a' },
        headers: { 'if-match': etag as string },
      });
      expect(first.status).toBe(200);
      expect(first.headers.etag).not.toBe(etag);
      const second = await app.patch(`/v1/api-keys/${id}`, {
        as: owner.token,
        body: { name: 'b' },
        headers: { 'if-match': etag as string },
      });
      expect(second.status).toBe(412);
      expect(second.body).toMatchObject({ code: 'precondition_failed', message: 'The resource has changed' });
      expect((await read()).body.name).toBe('a');
    });

    it('A09.2 refuses fields that belong to the server, and null for those that cannot be absent', async () => {
      const { id } = await app.issueKey();
      for (const body of [
        { revokedAt: null },
        { id: 'key_x' },
        { owner: { type: 'user', id: 'x' } },
        { environment: 'test' },
        { name: null },
        { scopes: null },
        { version: 9 },
      ]) {
        expect((await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body })).status).toBe(400);
      }
      expect((await app.call('PUT', `/v1/api-keys/${id}`, { as: owner.token, body: {} })).status).toBe(404);
    });

    it('A05.3 takes effect on the very next call', async () => {
      const { id, key } = await app.issueKey({ scopes: ['api_key.read'] });
      expect((await app.get('/v1/api-keys', { as: key })).status).toBe(200);
      await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { scopes: [] } });
      expect((await app.get('/v1/api-keys', { as: key })).status).toBe(403);
      await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { allowedIps: ['203.0.113.9'] } });
      expect((await whoami(key)).body.message).toBe('Request IP is not in the API key whitelist');
    });
  });

  describe('being rotated', () => {
    const rotate = (id: string, body: object = {}, headers: Record<string, string> = {}) =>
      app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body, headers });

    it('C21 C22 gives a new secret under the same id and ends the old one at once', async () => {
      const old = await app.issueKey({ scopes: ['send_sms'], allowedIps: ['127.0.0.1'] });
      const rotated = await rotate(old.id);
      expect(rotated.status).toBe(201);
      expect(rotated.body).toMatchObject({ id: old.id, scopes: ['send_sms'], allowedIps: ['127.0.0.1'] });
      expect(rotated.body.key).not.toBe(old.key);
      const refused = await whoami(old.key);
      expect(refused.status).toBe(401);
      expect(refused.body.message).toBe('API key has been revoked');
      expect((await whoami(rotated.body.key)).body.id).toBe(old.id);
    });

    it('A05.6 T29 leaves the old secret working for the overlap, and not a moment longer', async () => {
      const old = await app.issueKey();
      const rotated = await rotate(old.id, { overlapSeconds: 3600 });
      expect(rotated.body.credentials.map(({ state }: { state: string }) => state)).toEqual(['active', 'retiring']);
      app.clock.move({ seconds: 3599 });
      expect((await whoami(old.key)).status).toBe(200);
      app.clock.move({ seconds: 1 });
      expect((await whoami(old.key)).body.code).toBe('api_key_revoked');
      expect((await whoami(rotated.body.key)).status).toBe(200);
      owner = await app.owner();
      const read = await app.get(`/v1/api-keys/${old.id}`, { as: owner.token });
      expect(read.body.credentials.map(({ state }: { state: string }) => state)).toEqual(['active', 'retired']);
    });

    it('never has more than two live secrets', async () => {
      const first = await app.issueKey();
      const second = await rotate(first.id, { overlapSeconds: 86_400 });
      app.clock.move({ seconds: 11 });
      const third = await rotate(first.id, { overlapSeconds: 86_400 });
      expect((await whoami(first.key)).status).toBe(401);
      expect((await whoami(second.body.key)).status).toBe(200);
      expect((await whoami(third.body.key)).status).toBe(200);
    });

    it('lets an old secret be ended before its overlap', async () => {
      const old = await app.issueKey();
      const rotated = await rotate(old.id, { overlapSeconds: 3600 });
      const retired = await app.post(`/v1/api-keys/${old.id}/credentials/${old.prefix}/retire`, { as: owner.token });
      expect(retired.status).toBe(200);
      expect((await whoami(old.key)).status).toBe(401);
      expect((await app.post(`/v1/api-keys/${old.id}/credentials/${rotated.body.prefix}/retire`, { as: owner.token })).status).toBe(409);
      expect((await app.post(`/v1/api-keys/${old.id}/credentials/ks_live_nothing/retire`, { as: owner.token })).status).toBe(404);
    });

    it('answers a double click with 409, unless it names the current version', async () => {
      const key = await app.issueKey();
      const first = await rotate(key.id);
      const second = await rotate(key.id);
      expect(second.status).toBe(409);
      expect(second.body.code).toBe('rotation_conflict');
      expect((await whoami(first.body.key)).status).toBe(200);
      const third = await rotate(key.id, {}, { 'if-match': first.headers.etag as string });
      expect(third.status).toBe(201);
      app.clock.move({ seconds: 10 });
      expect((await rotate(key.id)).status).toBe(201);
    });

    it('A05.5 is refused once the key is revoked, and so is every change', async () => {
      const { id, key } = await app.issueKey();
      await app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token });
      expect((await rotate(id)).status).toBe(409);
      expect((await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { name: 'back' } })).status).toBe(409);
      expect((await app.post(`/v1/api-keys/${id}/enable`, { as: owner.token })).status).toBe(409);
      expect((await whoami(key)).body.message).toBe('API key has been revoked');
    });

    it('is due 90 days after the newest secret', async () => {
      const { id } = await app.issueKey();
      app.clock.move({ days: 100 });
      const { token } = await app.login(owner.email);
      const rotated = await app.post(`/v1/api-keys/${id}/rotate`, { as: token, body: {} });
      expect(rotated.body.rotationDueAt).toBe(new Date(app.clock.now().getTime() + 90 * 86_400_000).toISOString());
    });
  });

  describe('ending', () => {
    it('A05.1 T09 T23 C23 W10 is refused from the call after the answer of its revoke, for ever', async () => {
      const { id, key } = await app.issueKey();
      expect((await whoami(key)).status).toBe(200);
      const revoked = await app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token, body: { reason: 'leaked' } });
      expect(revoked.status).toBe(200);
      expect(revoked.body).toMatchObject({ status: 'revoked', revokedBy: owner.userId, revokeReason: 'leaked' });
      const refused = await whoami(key);
      expect(refused.status).toBe(401);
      expect(refused.body.message).toBe('API key has been revoked');
      expect(refused.headers['www-authenticate']).toBe('Bearer realm="keystile", error="invalid_token"');
    });

    it('A17.2 answers a repeated revoke with 200 and changes nothing', async () => {
      const { id } = await app.issueKey();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token, body: {} })),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
      app.clock.move({ minutes: 1 });
      const again = await app.delete(`/v1/api-keys/${id}`, { as: owner.token });
      expect(again.body.revokedAt).toBe(answers[0]!.body.revokedAt);
      const events = await app.get(`/v1/audit-events?targetId=${id}&action=api_key.revoked`, { as: owner.token });
      expect(events.body.data).toHaveLength(1);
    });

    it('tells in its audit events which secret came and went, by prefix, and what it was before it was revoked', async () => {
      const { id, prefix: first } = await app.issueKey({ scopes: ['send_sms'] });
      const rotate = async (overlapSeconds: number): Promise<string> => {
        app.clock.move({ seconds: 11 });
        const { body } = await app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: { overlapSeconds } });
        return body.prefix as string;
      };
      const second = await rotate(600);
      const third = await rotate(600);
      const fourth = await rotate(0);
      await app.post(`/v1/api-keys/${id}/disable`, { as: owner.token });
      await app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token, body: { reason: 'it leaked' } });
      const { body } = await app.get(`/v1/audit-events?targetId=${id}`, { as: owner.token });
      const [revoked, , toFourth, toThird, toSecond, created] = body.data;
      expect(created.after).toMatchObject({ prefix: first, scopes: ['send_sms'] });
      const rest = { expiresAt: null, scopes: ['send_sms'] };
      expect([toSecond, toThird, toFourth].map(({ before, after }) => ({ before, after }))).toEqual([
        { before: { ...rest, prefix: first }, after: { ...rest, prefix: second, overlapSeconds: 600, retired: [] } },
        { before: { ...rest, prefix: second }, after: { ...rest, prefix: third, overlapSeconds: 600, retired: [first] } },
        { before: { ...rest, prefix: third }, after: { ...rest, prefix: fourth, overlapSeconds: 0, retired: [second, third].toSorted() } },
      ]);
      expect(revoked).toMatchObject({ before: { status: 'disabled' }, after: { status: 'revoked' }, reason: 'it leaked' });
    });

    it('A05.4 T24 is refused from its expiry on', async () => {
      const { key } = await app.issueKey({ expiresAt: new Date(app.clock.now().getTime() + 1500).toISOString() });
      app.clock.move({ milliseconds: 1499 });
      expect((await whoami(key)).status).toBe(200);
      app.clock.move({ milliseconds: 1 });
      const refused = await whoami(key);
      expect(refused.status).toBe(401);
      expect(refused.body.message).toBe('API key has expired');
    });

    it('works again after it was disabled and enabled', async () => {
      const { id, key } = await app.issueKey();
      expect((await app.post(`/v1/api-keys/${id}/disable`, { as: owner.token })).body.status).toBe('disabled');
      expect((await whoami(key)).body).toMatchObject({ code: 'api_key_disabled', message: 'API key is disabled' });
      expect((await app.post(`/v1/api-keys/${id}/enable`, { as: owner.token })).body.status).toBe('active');
      expect((await whoami(key)).status).toBe(200);
    });

    it('can end itself', async () => {
      const { id, key } = await app.issueKey();
      expect((await app.get('/v1/api-keys/current', { as: key })).body.id).toBe(id);
      expect((await app.post('/v1/api-keys/current/revoke', { as: key })).body).toMatchObject({ status: 'revoked', revokedBy: id });
      expect((await whoami(key)).body.code).toBe('api_key_revoked');
      expect((await app.get('/v1/api-keys/current', { as: owner.token })).status).toBe(403);
    });
  });

  describe('being verified for somebody else', () => {
    const verify = (body: object, as = owner.token) => app.post('/v1/api-keys/verify', { as, body });

    it('tells a valid key with what it may do', async () => {
      const { id, key } = await app.issueKey({ name: 'seen', scopes: ['send_sms'], metadata: { customer: '7' } });
      const answer = await verify({ key, scopes: ['send_sms'] });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        valid: true,
        code: 'valid',
        keyId: id,
        name: 'seen',
        scopes: ['send_sms'],
        environment: 'live',
        metadata: { customer: '7' },
      });
      expect((await verify({ key, scopes: ['send_email'] })).body).toMatchObject({ valid: false, code: 'insufficient_scope' });
    });

    it('judges the call it is told of exactly as the guard would', async () => {
      const { key } = await app.issueKey({
        allowedIps: ['203.0.113.0/24'],
        allowedReferrers: ['https://a.example'],
        allowedEndpoints: [{ method: 'GET', path: '/cards/*' }],
      });
      const good = { ip: '203.0.113.7', referrer: 'https://a.example/', method: 'GET', path: '/cards/1' };
      expect((await verify({ key })).body.code).toBe('valid');
      expect((await verify({ key, request: good })).body.code).toBe('valid');
      expect((await verify({ key, request: { ...good, ip: '198.51.100.1' } })).body.code).toBe('ip_not_allowed');
      expect((await verify({ key, request: { ...good, ip: undefined } })).body.code).toBe('ip_not_allowed');
      expect((await verify({ key, request: { ...good, referrer: undefined } })).body.code).toBe('referrer_not_allowed');
      expect((await verify({ key, request: { ...good, path: '/users' } })).body.code).toBe('endpoint_not_allowed');
    });

    it('A04.2 A08 tells nothing of unknown keys and of keys of other organizations', async () => {
      const stranger = await app.otherOrganization();
      const { key } = await app.issueKey({}, stranger);
      const unknown = {
        valid: false,
        code: 'invalid_api_key',
        keyId: null,
        name: null,
        organizationId: null,
        scopes: [],
        expiresAt: null,
        owner: null,
      };
      expect((await verify({ key })).body).toMatchObject(unknown);
      expect((await verify({ key: 'nonsense' })).body).toMatchObject(unknown);
      expect((await verify({ key }, stranger.token)).body.valid).toBe(true);
    });

    it('takes from the limit of the verified key, and moves its last use', async () => {
      const { id, key } = await app.issueKey({ rateLimit: { limit: 2, windowSeconds: 60 } });
      const codes = [await verify({ key }), await verify({ key }), await verify({ key })].map(({ body }) => body.code);
      expect(codes).toEqual(['valid', 'valid', 'rate_limited']);
      const limited = await whoami(key);
      expect(limited.status).toBe(429);
      expect(Number(limited.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      const read = await app.get(`/v1/api-keys/${id}`, { as: owner.token });
      expect(read.body.lastUsedAt).toBe(app.clock.now().toISOString());
    });
  });

  it('K20 K21 knows when and from where it was last used', async () => {
    const { id, key } = await app.issueKey();
    app.clock.move({ minutes: 5 });
    await whoami(key);
    const used = await app.get(`/v1/api-keys/${id}`, { as: owner.token });
    expect(used.body).toMatchObject({ lastUsedAt: app.clock.now().toISOString(), lastUsedIp: '127.0.0.1' });
    expect(used.body.credentials[0].lastUsedAt).toBe(app.clock.now().toISOString());
  });

  it('K20 knows so of every other key while some cannot be written, and of those with the next calls', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => app.issueKey()));
    const held = keys.slice(0, 3);
    const { database } = app.service;
    const isSqlite = database.options.type === 'better-sqlite3';
    const refuse = isSqlite ? "SELECT RAISE(ABORT, 'held')" : "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'held'";
    const when = `IN (${held.map(({ id }) => `'${id}'`).join(', ')}) AND OLD.last_used_at IS NULL`;
    await database.query(
      `CREATE TRIGGER held BEFORE UPDATE ON api_keys FOR EACH ROW
       ${isSqlite ? `WHEN NEW.id ${when} BEGIN ${refuse}; END` : `IF NEW.id ${when} THEN ${refuse}; END IF`}`,
    );
    const lastUses = async (): Promise<unknown[]> => {
      const answers = await Promise.all(keys.map(({ id }) => app.get(`/v1/api-keys/${id}`, { as: owner.token })));
      return answers.map(({ body }) => body.lastUsedAt);
    };
    jest.spyOn(Logger.prototype, 'error').mockImplementation();
    await Promise.all(keys.map(({ key }) => whoami(key)));
    const now = app.clock.now().toISOString();
    await lastUses();
    // With the next calls, others are asked for first.
    await whoami(keys[7]!.key);
    expect(await lastUses()).toEqual([null, null, null, now, now, now, now, now]);
    expect(Logger.prototype.error).toHaveBeenCalledWith(expect.stringContaining('LastUse failed'), expect.anything());
    jest.restoreAllMocks();
    await database.query('DROP TRIGGER held');
    app.clock.move({ minutes: 5 });
    await whoami(keys[7]!.key);
    expect(await lastUses()).toEqual([...Array.from({ length: 7 }, () => now), app.clock.now().toISOString()]);
  });
});
