import { Controller, Get } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { RequireScope } from 'keystile';
import { TestHost, temporaryDatabase } from 'keystile/testing';

import { AuditTrail } from '../src/audit';
import { type Answer, KeystileApp, type TestKey, type TestPerson } from '../src/testing';

type Row = Record<string, any>;

/** What the guard has said: `valid` where it let the call in, whatever the endpoint made of it. */
const verdictOf = ({ status, body }: Answer): string => ([401, 403, 404, 429].includes(status) ? (body.code as string) : 'valid');

describe('An explanation', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  beforeEach(async () => {
    owner = await app.otherOrganization();
  });
  afterAll(() => app.stop());

  const explain = async (key: TestKey, call: object, as = owner.token): Promise<Row> => {
    const { status, body } = await app.post(`/v1/api-keys/${key.id}/explain`, { as, body: { ip: '127.0.0.1', ...call } });
    expect(status).toBe(200);
    return body;
  };
  const why = async ({ headers }: Answer, as = owner.token): Promise<Row> => {
    const { status, body } = await app.get(`/v1/call-logs/${String(headers['x-request-id'])}/explain`, { as });
    expect(status).toBe(200);
    return body;
  };

  describe('of a path', () => {
    it.each([
      ['/v1/api-keys/', '/v1/api-keys/:id'],
      ['/v1/%61pi-keys', '/v1/api-keys'],
      ['/v1/api-keys/%6bey', '/v1/api-keys/:id'],
      ['/v1/api-keys/a%2Fb', '/v1/api-keys/:id'],
      ['/v1/api-keys/%zz', '/v1/api-keys/:id'],
      ['/v1/api-keys?limit=1', '/v1/api-keys'],
    ])('finds the route of %s as the router does', async (path, route) => {
      const key = await app.issueKey({ scopes: [] }, owner);
      const real = await app.get(path, { as: key.key });
      expect([real.status, real.body.code]).toEqual([403, 'insufficient_scope']);
      expect(await explain(key, { method: 'GET', path })).toMatchObject({ allowed: false, code: 'insufficient_scope', route });
      expect(await why(real)).toMatchObject({ allowed: false, code: 'insufficient_scope', route });
    });

    it.each(['/nope', '/v1//api-keys', '/V1/api-keys', '/v1/api-keys;a=b', '/v1/api-keys%2F', '/%zz', '/v1/api-keys/a/b/c'])(
      'says of %s, which matches nothing, that it is answered 404 whoever asks',
      async (path) => {
        const allowedEndpoints = [{ method: 'GET', path: '/v1/*' }];
        const key = await app.issueKey({ scopes: [], allowedEndpoints, allowedReferrers: ['https://app.example.com'] }, owner);
        const nowhere = { allowed: false, code: 'not_found', route: null, checks: [], change: { patch: null } };
        expect(await explain(key, { method: 'GET', path })).toMatchObject(nowhere);
        const real = await app.get(path, { as: key.key });
        expect([real.status, real.body.code]).toEqual([404, 'not_found']);
        expect(await why(real)).toMatchObject({ ...nowhere, answered: 404, answeredCode: 'not_found', letIn: false, note: null });
      },
    );

    it('asks for a path that begins with a slash', async () => {
      const key = await app.issueKey({}, owner);
      for (const path of ['v1/members', 'https://example.com/v1/members', '*']) {
        const { status, body } = await app.post(`/v1/api-keys/${key.id}/explain`, { as: owner.token, body: { method: 'GET', path } });
        expect([status, body.errors]).toEqual([400, [{ pointer: '/path', message: 'must begin with /' }]]);
      }
    });

    it('looks at the key alone, as verify does, for a call to another service', async () => {
      const key = await app.issueKey({ scopes: ['send_sms'], allowedEndpoints: [{ method: 'GET', path: '/v1/*' }] }, owner);
      for (const path of ['/nope', '/v1/nope', '/v1/members']) {
        const request = { method: 'GET', path, ip: '127.0.0.1' };
        const told = await explain(key, { ...request, elsewhere: true, scopes: ['send_sms'] });
        const body = { key: key.key, request, scopes: ['send_sms'] };
        const verified = await app.post('/v1/api-keys/verify', { as: owner.token, body });
        expect([told['code'], told['route']]).toEqual([verified.body.code, null]);
      }
    });

    it('says what the guard says, over random keys and odd paths', async () => {
      const paths = ['/v1/whoami', '/v1/members', '/v1/api-keys', '/v1/roles/none', '/messages', '/docs/errors', '/nope', '/v1', '/'];
      const odd: ReadonlyArray<(path: string) => string> = [
        (path) => path,
        (path) => `${path}/`,
        (path) => `${path}?a=b`,
        (path) => `/${path}`,
        (path) => path.replace(/[^/]$/, (last) => `%${last.codePointAt(0)!.toString(16)}`),
        (path) => path.replace('v1', '%761'),
        (path) => `${path};a=b`,
        (path) => path.toUpperCase(),
        (path) => `/${path.replaceAll('/', '%2F')}`,
        (path) => `${path}/%zz`,
        (path) => `${path}/.`,
      ];
      const aKey = fc.record({
        environment: fc.constantFrom('live', 'test'),
        scopes: fc.uniqueArray(fc.constantFrom('member.read', 'api_key.*', 'role.read', 'send_sms', '*'), { maxLength: 2 }),
        allowedIps: fc.constantFrom([], [], ['127.0.0.0/8'], ['203.0.113.7']),
        allowedReferrers: fc.constantFrom([], [], [], ['https://app.example.com']),
        allowedEndpoints: fc.constantFrom([], [], [{ method: 'GET', path: '/v1/*' }], [{ method: '*', path: '/v1/whoami' }]),
      });
      const aMethod = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE');
      const aPath = fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...odd)).map(([path, make]) => make(path));
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(aKey, fc.array(fc.tuple(aMethod, aPath), { minLength: 4, maxLength: 8 }), async (policy, calls) => {
          const key = await app.issueKey(policy, owner);
          for (const [method, path] of calls) {
            const told = await explain(key, { method, path });
            const real = await app.call(method, path, { as: key.key });
            // The answer to HEAD has no body: its code stands in the log.
            const past = await app.get(`/v1/call-logs/${String(real.headers['x-request-id'])}/explain`, { as: owner.token });
            const isPublic = past.status === 404;
            const code = isPublic ? verdictOf(real) : verdictOf({ ...real, body: { code: past.body.answeredCode as string } });
            // What a route itself does not find is no verdict of the guard.
            const verdict = code === 'not_found' && told['route'] !== null ? 'valid' : code;
            expect([method, path, told['code']]).toEqual([method, path, verdict]);
            if (!isPublic) expect([method, path, past.body.code]).toEqual([method, path, verdict]);
            seen.add(verdict);
          }
        }),
        { numRuns: 25 },
      );
      expect(seen.size).toBeGreaterThan(2);
    });
  });

  it('names everything that is wrong with the call at once', async () => {
    const key = await app.issueKey({}, owner);
    const body = { method: 'FETCH', path: 'v1', ip: 'bad', referrer: 7, scopes: ['a b'], elsewhere: 'no', prefix: ' ', unknown: 1 };
    const { status, body: problem } = await app.post(`/v1/api-keys/${key.id}/explain`, { as: owner.token, body });
    expect([status, problem.code]).toEqual([400, 'validation_failed']);
    const named = (problem.errors as Row[]).map(({ pointer }) => pointer as string).toSorted();
    expect(named).toEqual(
      Object.keys(body)
        .map((field) => `/${field}`)
        .toSorted(),
    );
    for (const ip of ['203.0.113.7', '2001:db8::1', '::ffff:203.0.113.7']) await explain(key, { method: 'GET', path: '/v1/whoami', ip });
  });

  describe('of a call that was made', () => {
    const created = async (path: string, body: object): Promise<string> => {
      const answer = await app.post(path, { as: owner.token, body });
      expect(answer.status).toBe(201);
      return answer.body.id as string;
    };
    const patch = async (path: string, body: object): Promise<void> => {
      app.clock.move({ seconds: 1 });
      expect((await app.patch(path, { as: owner.token, body })).status).toBe(200);
    };
    const unchanged = { keyChangedSince: false, changedSince: null };

    it('knows that the limit was reached', async () => {
      const key = await app.issueKey({ scopes: ['member.read'], rateLimit: { limit: 1, windowSeconds: 60 } }, owner);
      const [first, second] = [await app.get('/v1/members', { as: key.key }), await app.get('/v1/members', { as: key.key })];
      app.clock.move({ minutes: 2 });
      expect(await why(first)).toMatchObject({ answered: 200, allowed: true, code: 'valid', note: null, ...unchanged });
      expect(await why(second)).toMatchObject({
        answered: 429,
        answeredCode: 'rate_limited',
        allowed: false,
        code: 'rate_limited',
        letIn: false,
        note: null,
        ...unchanged,
      });
    });

    it('knows the page that it came from', async () => {
      const key = await app.issueKey({ scopes: ['member.read'], allowedReferrers: ['https://app.example.com'] }, owner);
      const call = await app.get('/v1/members', { as: key.key, headers: { referer: 'https://app.example.com/page' } });
      expect(await why(call)).toMatchObject({ answered: 200, allowed: true, code: 'valid', note: null, ...unchanged });
      const other = await app.get('/v1/members', { as: key.key, headers: { referer: 'https://evil.example/' } });
      expect(await why(other)).toMatchObject({ answered: 403, allowed: false, code: 'referrer_not_allowed', note: null, ...unchanged });
    });

    describe('by the key of a service account', () => {
      let role: string;
      let account: string;
      let key: TestKey;
      let call: Answer;

      const done = async (what: string, status = 200, body: object = {}): Promise<void> => {
        app.clock.move({ seconds: 1 });
        expect((await app.post(`/v1/api-keys/${key.id}/${what}`, { as: owner.token, body })).status).toBe(status);
      };

      beforeEach(async () => {
        role = await created('/v1/roles', { name: 'Reader', scopes: ['member.read', 'role.read'] });
        account = await created('/v1/service-accounts', { name: 'robot', role });
        key = await app.issueKey({ scopes: ['member.read'], owner: { type: 'service_account', id: account } }, owner);
        call = await app.get('/v1/members', { as: key.key });
        expect(call.status).toBe(200);
        expect(await why(call)).toMatchObject({ allowed: true, letIn: true, note: null, ...unchanged });
      });

      it.each<readonly [what: string, action: string, change: () => Promise<void>]>([
        ['its role lost the scope', 'role.updated', () => patch(`/v1/roles/${role}`, { scopes: ['role.read'] })],
        ['it was given another role', 'service_account.updated', () => patch(`/v1/service-accounts/${account}`, { role: 'auditor' })],
        ['it was disabled', 'service_account.updated', () => patch(`/v1/service-accounts/${account}`, { disabled: true })],
        ['the key lost the scope', 'api_key.updated', () => patch(`/v1/api-keys/${key.id}`, { scopes: [] })],
        ['the key was restricted', 'api_key.updated', () => patch(`/v1/api-keys/${key.id}`, { allowedIps: ['203.0.113.7'] })],
        [
          'the key was restricted to pages',
          'api_key.updated',
          () => patch(`/v1/api-keys/${key.id}`, { allowedReferrers: ['https://app.example.com'] }),
        ],
        [
          'the key was restricted to endpoints',
          'api_key.updated',
          () => patch(`/v1/api-keys/${key.id}`, { allowedEndpoints: [{ method: 'GET', path: '/v1/roles' }] }),
        ],
        [
          'the key was given an end',
          'api_key.updated',
          () => patch(`/v1/api-keys/${key.id}`, { expiresAt: new Date(app.clock.now().getTime() + 60_000).toISOString() }),
        ],
        ['the key was disabled', 'api_key.disabled', () => done('disable')],
        ['the key was revoked', 'api_key.revoked', () => done('revoke')],
        ['the secret was replaced', 'api_key.rotated', () => done('rotate', 201)],
      ])('knows that %s', async (_what, action, change) => {
        await change();
        const told = await why(call);
        expect(told).toMatchObject({ answered: 200, letIn: true, keyChangedSince: true, changedSince: { action } });
        expect(told['changedSince']).toMatchObject({ at: app.clock.now().toISOString(), eventId: expect.stringMatching(/^evt_/) });
        if (told['allowed'] !== true) expect(told['note']).toMatch(/^The key was let in then\. .*What was changed since may be why\.$/);
      });

      it('knows of a key that was disabled that it was enabled', async () => {
        await done('disable');
        const refused = await app.get('/v1/members', { as: key.key });
        expect(await why(refused)).toMatchObject({ allowed: false, code: 'api_key_disabled', letIn: false, ...unchanged });
        expect(await why(call)).toMatchObject({ allowed: true, code: 'valid', letIn: true, note: null, keyChangedSince: true });
        await done('enable');
        const told = await why(refused);
        expect(told).toMatchObject({ allowed: true, answeredCode: 'api_key_disabled', changedSince: { action: 'api_key.enabled' } });
        expect(told['note']).toMatch(/^The call was refused then: 401 \(api_key_disabled\)\. .*What was changed since may be why\.$/);
        expect(await why(call)).toMatchObject({ allowed: true, code: 'valid', note: null, changedSince: { action: 'api_key.disabled' } });
      });

      it('knows that an old secret still worked then, or did not', async () => {
        await done('rotate', 201, { overlapSeconds: 60 });
        const early = await app.get('/v1/members', { as: key.key });
        app.clock.move({ minutes: 2 });
        const late = await app.get('/v1/members', { as: key.key });
        expect([early.status, late.status, late.body.code]).toEqual([200, 401, 'api_key_revoked']);
        expect(await why(early)).toMatchObject({ answered: 200, letIn: true, allowed: true, code: 'valid', note: null });
        expect(await why(late)).toMatchObject({ answered: 401, letIn: false, allowed: false, code: 'api_key_revoked', note: null });
        // Neither is one that is over ended once more.
        const { credentials } = (await app.get(`/v1/api-keys/${key.id}`, { as: owner.token })).body;
        const old = (credentials as Array<{ prefix: string }>).find(({ prefix }) => prefix === key.prefix);
        await app.post(`/v1/api-keys/${key.id}/credentials/${key.prefix}/retire`, { as: owner.token });
        await done('rotate', 201);
        expect(await why(early)).toMatchObject({ answered: 200, letIn: true, allowed: true, code: 'valid', note: null });
        expect(await why(late)).toMatchObject({ answered: 401, letIn: false, allowed: false, code: 'api_key_revoked', note: null });
        const after = (await app.get(`/v1/api-keys/${key.id}`, { as: owner.token })).body;
        expect(after.credentials).toContainEqual({ ...old, state: 'retired' });
      });

      it('finds the change behind hundreds that say nothing', async () => {
        const trail = app.service.app.get(AuditTrail);
        const actor = { type: 'system', id: null, requestId: null, ip: null } as const;
        const state = { scopes: ['member.read'] };
        const entry = { actor, action: 'api_key.updated', target: { type: 'api_key', id: key.id }, before: state, after: state };
        app.clock.move({ seconds: 1 });
        await app.service.database.transaction(async (manager) => {
          for (let i = 0; i < 400; i++) await trail.record(manager, { organizationId: owner.organizationId, ...entry });
        });
        expect(await why(call)).toMatchObject(unchanged);
        await patch(`/v1/api-keys/${key.id}`, { scopes: [] });
        expect(await why(call)).toMatchObject({ changedSince: { action: 'api_key.updated', at: app.clock.now().toISOString() } });
      });

      it('says so where somebody has changed it behind our back', async () => {
        await app.service.database.query(`UPDATE api_keys SET scopes = '[]' WHERE id = ?`, [key.id]);
        const told = await why(call);
        expect(told).toMatchObject({ answered: 200, letIn: true, allowed: false, code: 'insufficient_scope', ...unchanged });
        expect(told['note']).toMatch(
          /^The key was let in then\. By what is known now it is refused: insufficient_scope\. Nothing that was changed since is on record\./,
        );
      });

      it('names the first change of several', async () => {
        await patch(`/v1/roles/${role}`, { name: 'Readers' });
        await patch(`/v1/roles/${role}`, { scopes: ['role.read'] });
        await patch(`/v1/api-keys/${key.id}`, { scopes: [] });
        expect(await why(call)).toMatchObject({ changedSince: { action: 'role.updated' }, allowed: false });
      });

      it('takes names, texts and limits for no change', async () => {
        await patch(`/v1/roles/${role}`, { name: 'Readers' });
        await patch(`/v1/service-accounts/${account}`, { description: 'of the night' });
        await patch(`/v1/api-keys/${key.id}`, { name: 'another', metadata: { a: 'b' }, rateLimit: { limit: 5, windowSeconds: 60 } });
        await patch(`/v1/organizations/${owner.organizationId}`, { name: 'Emca' });
        expect(await why(call)).toMatchObject({ allowed: true, ...unchanged });
      });

      it('takes notices and attempts for no change', async () => {
        const developer = await app.member('developer', { by: owner });
        app.clock.move({ seconds: 1 });
        // The whole key in the address of a call is an event of the key.
        await app.get(`/v1/whoami?key=${key.key}`, { as: key.key });
        await app.patch(`/v1/api-keys/${key.id}`, { as: developer.token, body: { scopes: ['*'] } });
        const trail = app.service.app.get(AuditTrail);
        const notices = ['api_key.rotation_due', 'api_key.new_network', 'api_key.expiry_near', 'api_key.refusal_burst'];
        const actor = { type: 'system', id: null, requestId: null, ip: null } as const;
        const target = { type: 'api_key', id: key.id };
        const { organizationId } = owner;
        for (const action of notices) {
          await app.service.database.transaction((manager) => trail.record(manager, { organizationId, actor, action, target }));
        }
        const events = await app.get(`/v1/audit-events?targetId=${key.id}`, { as: owner.token });
        expect((events.body.data as Row[]).map(({ action }) => action as string)).toEqual(
          expect.arrayContaining(['api_key.exposed_in_url', 'api_key.update_denied', ...notices]),
        );
        expect(await why(call)).toMatchObject({ allowed: true, ...unchanged });
      });

      it('does not take for a change what time alone has brought', async () => {
        const soon = new Date(app.clock.now().getTime() + 60_000).toISOString();
        await patch(`/v1/api-keys/${key.id}`, { expiresAt: soon });
        const before = await app.get('/v1/members', { as: key.key });
        app.clock.move({ minutes: 2 });
        const after = await app.get('/v1/members', { as: key.key });
        expect(await why(before)).toMatchObject({ allowed: true, code: 'valid', answered: 200, note: null, ...unchanged });
        expect(await why(after)).toMatchObject({ allowed: false, code: 'api_key_expired', answered: 401, note: null, ...unchanged });
      });
    });

    it('knows that a member was given another role, and that the organization was suspended', async () => {
      const developer = await app.member('developer', { by: owner });
      const key = await app.issueKey({ scopes: ['api_key.read'] }, developer);
      const call = await app.get('/v1/api-keys', { as: key.key });
      app.clock.move({ seconds: 1 });
      const operator = await app.owner();
      const suspension = (status: string): Promise<Answer> =>
        app.patch(`/v1/organizations/${owner.organizationId}`, { as: operator.token, body: { status } });
      expect((await suspension('suspended')).status).toBe(200);
      expect((await suspension('active')).status).toBe(200);
      expect(await why(call)).toMatchObject({ allowed: true, changedSince: { action: 'organization.suspended' } });
      const later = await app.get('/v1/api-keys', { as: key.key });
      await patch(`/v1/members/${developer.userId}`, { role: 'auditor' });
      expect(await why(later)).toMatchObject({ changedSince: { action: 'member.role_changed' } });
    });

    it('says that the endpoint itself refused what the guard had let in', async () => {
      const key = await app.issueKey({ scopes: ['api_key.create', 'api_key.read'] }, owner);
      const invalid = await app.post('/v1/api-keys', { as: key.key, body: { scopes: 7 } });
      const missing = await app.get('/v1/api-keys/key_0', { as: key.key });
      const exceeding = await app.post('/v1/api-keys', { as: key.key, body: { name: 'more', scopes: ['send_sms'] } });
      for (const [call, answer] of [
        [invalid, '400 (validation_failed)'],
        [missing, '404 (not_found)'],
        [exceeding, '403 (scope_exceeds_grantor)'],
      ] as const) {
        expect(await why(call)).toMatchObject({
          allowed: true,
          code: 'valid',
          letIn: true,
          note: `The key was let in: it was the endpoint that answered ${answer}.`,
        });
      }
    });

    it('is honest where nothing on record tells why', async () => {
      const key = await app.issueKey({ scopes: ['api_key.create'] }, owner);
      // This endpoint asks for more than its route.
      const body = { name: 'of all', scopes: [], owner: { type: 'organization', id: owner.organizationId } };
      const refused = await app.post('/v1/api-keys', { as: key.key, body });
      expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope']);
      const told = await why(refused);
      expect(told).toMatchObject({ allowed: true, answeredCode: 'insufficient_scope', ...unchanged });
      expect(told['note']).toMatch(/^The call was refused then: 403 \(insufficient_scope\)\..*The endpoint itself may have answered so/);
    });

    it('shows every check of a person', async () => {
      const auditor = await app.member('auditor', { by: owner });
      const checks = [
        'credential_conflict',
        'missing_credentials',
        'malformed_credentials',
        'csrf_rejected',
        'token_expired',
        'invalid_token',
        'organization_suspended',
        'insufficient_scope',
      ];
      const admitted = await why(await app.get('/v1/members', { as: owner.token }));
      expect((admitted['checks'] as Row[]).map(({ check, passed }) => [check, passed])).toEqual(checks.map((check) => [check, true]));
      const refused = await why(await app.post('/v1/api-keys', { as: auditor.token, body: {} }));
      expect((refused['checks'] as Row[]).map(({ check, passed }) => [check, passed])).toEqual(
        checks.map((check) => [check, check !== 'insufficient_scope']),
      );
      expect(refused).toMatchObject({ allowed: false, letIn: false, note: null, requiredScopes: ['api_key.create'] });
      const invalid = await why(await app.post('/v1/api-keys', { as: owner.token, body: {} }));
      expect(invalid).toMatchObject({
        allowed: true,
        letIn: true,
        note: 'The caller was let in: it was the endpoint that answered 400 (validation_failed).',
      });
    });

    describe('by nobody', () => {
      const whyOfNobody = async ({ headers }: Answer, as: string): Promise<Answer> =>
        app.get(`/v1/call-logs/${String(headers['x-request-id'])}/explain?scope=installation`, { as });

      it.each<readonly [code: string, passed: readonly string[], call: () => Promise<Answer>]>([
        [
          'invalid_api_key',
          ['credential_conflict', 'missing_credentials', 'malformed_credentials'],
          () => app.get('/v1/members', { as: 'ks_live_nonsense' }),
        ],
        [
          'credential_conflict',
          [],
          () => app.get('/v1/members', { headers: { authorization: 'Bearer ks_live_a', 'x-api-key': 'ks_live_b' } }),
        ],
        ['missing_credentials', ['credential_conflict'], () => app.get('/v1/members')],
        [
          'malformed_credentials',
          ['credential_conflict', 'missing_credentials'],
          () => app.get('/v1/members', { headers: { authorization: 'Bearer ks live' } }),
        ],
        [
          'token_expired',
          ['credential_conflict', 'missing_credentials', 'malformed_credentials', 'csrf_rejected'],
          async () => {
            const { token } = owner;
            app.clock.move({ minutes: 16 });
            owner = await app.login(owner.email);
            return app.get('/v1/members', { as: token });
          },
        ],
      ])('is told to the operator: %s', async (code, passed, call) => {
        const refused = await call();
        expect(refused.body.code).toBe(code);
        const operator = await app.owner();
        const told = await whyOfNobody(refused, operator.token);
        expect(told.status).toBe(200);
        expect(told.body).toMatchObject({ allowed: false, code, letIn: false, keyId: null, answeredCode: code, route: '/v1/members' });
        const checks = (told.body.checks as Row[]).map((check) => [check['check'], check['passed']]);
        expect(checks).toEqual([...passed.map((check) => [check, true]), [code, false]]);
        expect(told.body.note).toMatch(/cannot be known\. Whose credential it was is not known/);
        expect((await whyOfNobody(refused, owner.token)).status).toBe(403);
        const requestId = String(refused.headers['x-request-id']);
        expect((await app.get(`/v1/call-logs/${requestId}/explain`, { as: operator.token })).status).toBe(404);
      });

      it('is told to the operator of paths that do not exist and of endpoints that are open to all', async () => {
        const operator = await app.owner();
        const nowhere = await whyOfNobody(await app.get('/nope'), operator.token);
        expect(nowhere.body).toMatchObject({ allowed: false, code: 'not_found', checks: [], note: null });
        const login = await app.post('/v1/auth/login', { body: { email: 'nobody@example.com', password: 'wrong-password' } });
        const told = await whyOfNobody(login, operator.token);
        expect(told.body).toMatchObject({
          allowed: true,
          letIn: true,
          checks: [],
          note: 'The caller was let in: it was the endpoint that answered 401 (login_failed).',
        });
      });
    });
  });

  describe('that proposes a change', () => {
    const rules = (body: object): Promise<Answer> => app.patch(`/v1/organizations/${owner.organizationId}`, { as: owner.token, body });
    const apply = (key: TestKey, patch: unknown): Promise<Answer> => app.patch(`/v1/api-keys/${key.id}`, { as: owner.token, body: patch });
    const expired = async (body: object = {}): Promise<TestKey> => {
      const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
      const key = await app.issueKey({ expiresAt, ...body }, owner);
      app.clock.move({ minutes: 1 });
      return key;
    };
    const call = { method: 'GET', path: '/v1/whoami' };

    it.each([
      ['nothing', {}, null],
      ['an expiry', { keyExpiryRequired: true }, 90 * 24 * 3600],
      ['an expiry within an hour', { maxKeyLifetimeSeconds: 3600 }, 3600],
      ['an expiry within a year', { maxKeyLifetimeSeconds: 365 * 24 * 3600, keyExpiryRequired: true }, 90 * 24 * 3600],
    ])('lets an expired key live on where the organization asks for %s', async (_what, policy, seconds) => {
      const key = await expired();
      if (Object.keys(policy).length > 0) expect((await rules(policy)).status).toBe(200);
      const expiresAt = seconds === null ? null : new Date(app.clock.now().getTime() + seconds * 1000).toISOString();
      const { code, change } = await explain(key, call);
      expect([code, change]).toEqual(['api_key_expired', { patch: { expiresAt }, steps: [] }]);
      expect((await apply(key, change.patch)).status).toBe(200);
      expect((await app.get('/v1/whoami', { as: key.key })).status).toBe(200);
    });

    it('says what has to be done by hand where the rules of the organization ask for more', async () => {
      const open = await expired();
      const restricted = await app.issueKey({ allowedIps: ['203.0.113.7'] }, owner);
      expect((await rules({ keyAllowlistRequired: true, keyExpiryRequired: true })).status).toBe(200);
      expect((await explain(open, call))['change']).toEqual({
        patch: null,
        steps: ['Let the key expire later; allowedIps must not be empty in this organization.'],
      });
      expect((await explain(restricted, call))['change']).toEqual({
        patch: null,
        steps: ['Add 127.0.0.1 to the allowed addresses; with that, expiresAt must be given in this organization.'],
      });
    });

    it.each(['http://[::1]:3000/page', 'https://a_b.example.com/', 'https://app.example.com./'])(
      'does not propose to list %s, which no list can name',
      async (referrer) => {
        const key = await app.issueKey({ allowedReferrers: ['https://app.example.com'] }, owner);
        const { code, change } = await explain(key, { ...call, referrer });
        expect([code, change.patch, change.steps.length]).toEqual(['referrer_not_allowed', null, 1]);
      },
    );

    it('proposes no change of a key that was revoked since the call', async () => {
      const key = await app.issueKey({ scopes: [] }, owner);
      const refused = await app.get('/v1/members', { as: key.key });
      expect((await why(refused))['change']).toEqual({ patch: { scopes: ['member.read'] }, steps: [] });
      app.clock.move({ seconds: 1 });
      await app.post(`/v1/api-keys/${key.id}/revoke`, { as: owner.token });
      expect((await why(refused))['change']).toEqual({
        patch: null,
        steps: ['Issue a new key: a revoked one never works again.', 'Add member.read to the scopes.'],
      });
    });

    it('proposes what PATCH accepts, and what then lets the call through, over random keys, rules and calls', async () => {
      const some = <T>(...values: readonly T[]): fc.Arbitrary<T | undefined> =>
        fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
      const many = <T>(count: number, entry: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => entry(i));
      const aKey = fc.record({
        scopes: fc.uniqueArray(fc.constantFrom('member.read', 'send_sms', 'role.*'), { maxLength: 2 }),
        allowedIps: some(
          ['203.0.113.7'],
          many(100, (i) => `203.0.113.${i}`),
        ),
        allowedReferrers: some(
          ['https://app.example.com'],
          many(50, (i) => `https://a${i}.example.com`),
        ),
        allowedEndpoints: some(
          [{ method: 'GET', path: '/v1/roles' }],
          many(50, (i) => ({ method: 'GET', path: `/v1/${i}` })),
        ),
      });
      const aCall = fc.record({
        method: fc.constantFrom('GET', 'HEAD', 'POST'),
        path: fc.constantFrom(
          '/v1/members',
          '/v1/whoami',
          '/v1/roles/a%20b',
          `/v1/roles/${'x'.repeat(250)}`,
          `/${'x'.repeat(600)}`,
          '/a*b',
        ),
        ip: fc.constantFrom('127.0.0.1', '::1', '::ffff:127.0.0.1', '2001:db8::1'),
        referrer: fc.constantFrom(
          'https://app.example.com/a',
          'http://[::1]:3000',
          'https://a_b.example',
          'HTTPS://B.Example:8443/x',
          'about:blank',
        ),
        elsewhere: fc.boolean(),
        scopes: fc.constantFrom([], [], ['send_email'], ['no.such_scope'], ['user.delete']),
      });
      const someRules = fc.record({
        keyExpiryRequired: fc.boolean(),
        keyAllowlistRequired: fc.boolean(),
        maxKeyLifetimeSeconds: fc.constantFrom(null, null, 60, 86_400),
      });
      const fate = fc.constantFrom('none', 'none', 'expired', 'expired', 'disable', 'revoke');
      let signedInAt = app.clock.now().getTime();
      let applied = 0;
      await fc.assert(
        fc.asyncProperty(aKey, fate, someRules, fc.array(aCall, { minLength: 3, maxLength: 3 }), async (policy, what, rule, calls) => {
          if (app.clock.now().getTime() - signedInAt > 8 * 60_000) {
            owner = await app.login(owner.email);
            signedInAt = app.clock.now().getTime();
          }
          expect((await rules({ keyExpiryRequired: false, keyAllowlistRequired: false, maxKeyLifetimeSeconds: null })).status).toBe(200);
          const key = what === 'expired' ? await expired(policy) : await app.issueKey(policy, owner);
          if (what === 'disable' || what === 'revoke') await app.post(`/v1/api-keys/${key.id}/${what}`, { as: owner.token });
          expect((await rules(rule)).status).toBe(200);
          for (const one of calls) {
            const { change } = await explain(key, one);
            if (!change?.patch) continue;
            applied++;
            const { status, body } = await apply(key, change.patch);
            expect([status, body.code, body.errors]).toEqual([200, undefined, undefined]);
            const then = await explain(key, one);
            if (change.steps.length === 0) expect(then).toMatchObject({ allowed: true, code: 'valid', change: null });
            else expect(then['change'].patch).toBeNull();
          }
        }),
        { numRuns: 30 },
      );
      expect(applied).toBeGreaterThan(5);
    });
  });
});

@Controller('Letters')
class LetterController {
  @Get(':id')
  @RequireScope('letter.read')
  read(): object {
    return {};
  }
}

const ADAPTERS: Record<string, () => AbstractHttpAdapter> = {
  fastify: () => new FastifyAdapter(),
  'fastify, with a router that overlooks much': () =>
    new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true, caseSensitive: false, ignoreDuplicateSlashes: true } }),
  express: () => new ExpressAdapter(),
};

describe.each(Object.keys(ADAPTERS))('An explanation in a host on %s', (adapter) => {
  let host: TestHost;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    const database = await temporaryDatabase();
    drop = database.drop;
    host = await TestHost.start({
      adapter: ADAPTERS[adapter]!(),
      controllers: [LetterController],
      keystile: { api: true },
      ...(database.url ? { databaseUrl: database.url } : {}),
    });
  });
  afterAll(async () => {
    await host.stop();
    await drop();
  });

  it('says what the guard says of odd paths', async () => {
    const key = await host.issueKey({ scopes: [] });
    const as = await host.signIn();
    for (const path of [
      '/Letters/1',
      '/letters/1',
      '/Letters/1/',
      '//Letters/1',
      '/Letters/',
      '/%4cetters/1',
      '/Letters/%31',
      '/LETTERS',
    ]) {
      const real = await host.get(path, { as: key.key });
      const told = await host.call('POST', `/v1/api-keys/${key.id}/explain`, { as, body: { method: 'GET', path } });
      const expected = real.status === 404 ? ['not_found', null] : [real.body.code, '/Letters/:id'];
      expect([path, told.body.code, told.body.route]).toEqual([path, ...expected]);
    }
  });
});
