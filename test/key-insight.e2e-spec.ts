import fc from 'fast-check';

import { CallStore } from '../src/audit';
import { CallIds } from '../src/audit/call-id';
import { CallRetention } from '../src/audit/call-retention';
import { type Answer, KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { aCall, aKeyHolder } from './support/finished-call';

type Row = Record<string, any>;

describe('an auditor', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });

  beforeEach(async () => {
    owner = await app.otherOrganization('Acme');
  });

  afterAll(() => app.stop());

  describe('who found a key somewhere', () => {
    const search = (key: string, as = owner.token): Promise<Answer> => app.post('/v1/api-keys/search', { as, body: { key } });

    it('finds whose it is, by the whole secret, revoked or replaced', async () => {
      const { id, key, prefix } = await app.issueKey({ name: 'lost one' }, owner);
      expect((await search(` ${key}\n`)).body).toMatchObject({ id, name: 'lost one', matchedBy: 'secret', matchedPrefix: prefix });
      const rotated = await app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token });
      expect((await search(key)).body).toMatchObject({ id, matchedBy: 'secret', matchedPrefix: prefix });
      await app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token });
      expect((await search(rotated.body.key as string)).body).toMatchObject({ id, status: 'revoked', matchedPrefix: rotated.body.prefix });
    });

    it('finds it by what lists show', async () => {
      const { id, prefix } = await app.issueKey({}, owner);
      for (const shown of [prefix, `${prefix}••••`, `${prefix}...`]) {
        expect((await search(shown)).body).toMatchObject({ id, matchedBy: 'prefix', matchedPrefix: prefix });
      }
    });

    it('A08: learns nothing of the keys of others', async () => {
      const stranger = await app.otherOrganization();
      const { key, prefix } = await app.issueKey({}, stranger);
      const answers = [await search(key), await search(prefix), await search('ks_live_000000000000'), await search('nonsense')];
      const told = answers.map(({ status, body }) => ({ status, ...body, requestId: null }));
      expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(answers[0]!.body.code).toBe('not_found');
    });

    it('leaves the secret nowhere', async () => {
      const { key } = await app.issueKey({}, owner);
      const answer = await search(key);
      const everything = [answer.text, (await app.get('/v1/call-logs/export?format=ndjson', { as: owner.token })).text];
      everything.push((await app.get('/v1/audit-events/export', { as: owner.token })).text);
      for (const text of everything) expect(text).not.toContain(key.slice(-20));
    });

    it('needs the scope to read keys', async () => {
      const other = await app.issueKey({ scopes: ['call_log.read'] }, owner);
      expect((await search(other.key, other.key)).body.requiredScopes).toEqual(['api_key.read']);
    });
  });

  describe('asking why', () => {
    const explain = async (key: TestKey, call: object): Promise<Row> => {
      const { status, body } = await app.post(`/v1/api-keys/${key.id}/explain`, { as: owner.token, body: call });
      expect(status).toBe(200);
      return body;
    };
    const failures = ({ checks }: Row): string[] =>
      (checks as Row[]).filter(({ passed }) => passed === false).map(({ check }) => check as string);

    it('G23: is told every check, all that fail and the smallest change that helps, which does help', async () => {
      const key = await app.issueKey(
        {
          scopes: ['send_sms'],
          allowedIps: ['203.0.113.0/24'],
          allowedReferrers: ['https://app.example.com'],
          allowedEndpoints: [{ method: 'POST', path: '/sms' }],
        },
        owner,
      );
      const call = { method: 'GET', path: '/v1/members?limit=1', ip: '127.0.0.1', referrer: 'https://shop.example.com/cart' };
      const why = await explain(key, call);
      expect(why).toMatchObject({
        allowed: false,
        code: 'ip_not_allowed',
        route: '/v1/members',
        requiredScopes: ['member.read'],
        scopes: ['send_sms'],
      });
      expect(why['checks']).toHaveLength(11);
      expect(failures(why)).toEqual(['ip_not_allowed', 'referrer_not_allowed', 'endpoint_not_allowed', 'insufficient_scope']);
      expect(why['change']).toEqual({
        patch: {
          allowedIps: ['203.0.113.0/24', '127.0.0.1'],
          allowedReferrers: ['https://app.example.com', 'https://shop.example.com'],
          allowedEndpoints: [
            { method: 'POST', path: '/sms' },
            { method: 'GET', path: '/v1/members' },
          ],
          scopes: ['member.read', 'send_sms'],
        },
        steps: [],
      });
      const real = (): Promise<Answer> => app.get('/v1/members?limit=1', { as: key.key, headers: { referer: call.referrer } });
      expect((await real()).body.code).toBe('ip_not_allowed');
      expect((await app.patch(`/v1/api-keys/${key.id}`, { as: owner.token, body: why['change'].patch })).status).toBe(200);
      expect((await real()).status).toBe(200);
      expect(await explain(key, call)).toMatchObject({ allowed: true, code: 'valid', change: null });
    });

    it('is told what changing the key cannot do', async () => {
      const developer = await app.member('developer', { by: owner });
      const key = await app.issueKey({ scopes: ['send_sms'] }, developer);
      const scope = await explain(key, { method: 'GET', path: '/v1/members' });
      expect(scope['change']).toEqual({
        patch: { scopes: ['member.read', 'send_sms'] },
        steps: ['Give the owner of the key a role that holds member.read.'],
      });
      await app.post(`/v1/api-keys/${key.id}/revoke`, { as: owner.token });
      const revoked = await explain(key, { method: 'POST', path: '/sms' });
      expect([failures(revoked), revoked['change']]).toEqual([
        ['api_key_revoked'],
        { patch: null, steps: ['Issue a new key: a revoked one never works again.'] },
      ]);
    });

    it('is told of the limit without using it up', async () => {
      const key = await app.issueKey({ rateLimit: { limit: 2, windowSeconds: 60 } }, owner);
      for (let i = 0; i < 5; i++) expect((await explain(key, { method: 'GET', path: '/v1/whoami' }))['code']).toBe('valid');
      for (let i = 0; i < 2; i++) expect((await app.get('/v1/whoami', { as: key.key })).status).toBe(200);
      expect(failures(await explain(key, { method: 'GET', path: '/v1/whoami' }))).toEqual(['rate_limited']);
      expect((await app.get('/v1/whoami', { as: key.key })).status).toBe(429);
    });

    it('is told of an old secret by its prefix', async () => {
      const key = await app.issueKey({}, owner);
      await app.post(`/v1/api-keys/${key.id}/rotate`, { as: owner.token });
      const call = { method: 'GET', path: '/v1/whoami' };
      expect((await explain(key, call))['code']).toBe('valid');
      const old = await explain(key, { ...call, prefix: key.prefix });
      expect([old['code'], old['change'].steps]).toEqual([
        'api_key_revoked',
        ['Use the newest secret of this key: this one was replaced.'],
      ]);
      const unknown = await app.post(`/v1/api-keys/${key.id}/explain`, { as: owner.token, body: { ...call, prefix: 'ks_live_x' } });
      expect(unknown.status).toBe(400);
    });

    it('is told why a call was refused, as the key stood then', async () => {
      const key = await app.issueKey({ scopes: ['send_sms'] }, owner);
      const refused = await app.get('/v1/members', { as: key.key });
      const requestId = refused.headers['x-request-id'] as string;
      const why = async (id = requestId): Promise<Row> => (await app.get(`/v1/call-logs/${id}/explain`, { as: owner.token })).body;
      const then = await why();
      expect(then).toMatchObject({
        requestId,
        keyId: key.id,
        answered: 403,
        answeredCode: 'insufficient_scope',
        code: 'insufficient_scope',
        allowed: false,
        keyChangedSince: false,
        change: { patch: { scopes: ['member.read', 'send_sms'] }, steps: [] },
      });
      app.clock.move({ minutes: 1 });
      await app.post(`/v1/api-keys/${key.id}/revoke`, { as: owner.token });
      expect(await why()).toMatchObject({ code: 'insufficient_scope', checks: then['checks'], keyChangedSince: true });
      const after = await app.get('/v1/members', { as: key.key });
      expect(await why(after.headers['x-request-id'] as string)).toMatchObject({
        code: 'api_key_revoked',
        answeredCode: 'api_key_revoked',
      });
    });

    it('is told what can be told of calls without a key', async () => {
      const admitted = await app.get('/v1/members', { as: owner.token });
      const explained = await app.get(`/v1/call-logs/${admitted.headers['x-request-id'] as string}/explain`, { as: owner.token });
      expect(explained.body).toMatchObject({ allowed: true, code: 'valid', keyId: null, answered: 200, change: null });
      const auditor = await app.member('auditor', { by: owner });
      const refused = await app.post('/v1/api-keys', { as: auditor.token, body: {} });
      const why = await app.get(`/v1/call-logs/${refused.headers['x-request-id'] as string}/explain`, { as: owner.token });
      expect(why.body).toMatchObject({ allowed: false, code: 'insufficient_scope', requiredScopes: ['api_key.create'] });
    });

    it('A08: learns nothing of the keys and calls of others', async () => {
      const stranger = await app.otherOrganization();
      const key = await app.issueKey({}, stranger);
      const call = await app.get('/v1/whoami', { as: key.key });
      const body = { method: 'GET', path: '/v1/whoami' };
      const answers = [
        await app.post(`/v1/api-keys/${key.id}/explain`, { as: owner.token, body }),
        await app.get(`/v1/call-logs/${call.headers['x-request-id'] as string}/explain`, { as: owner.token }),
        await app.get(`/v1/api-keys/${key.id}/usage`, { as: owner.token }),
        await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    });

    it('gets the answer of the guard and of verify, over random keys and calls', async () => {
      const routes = [
        'GET /v1/whoami',
        'GET /v1/members',
        'GET /v1/api-keys',
        'GET /v1/roles',
        'DELETE /v1/users/me',
        'GET /docs/errors',
        'GET /messages',
      ];
      const aKey = fc.record({
        environment: fc.constantFrom('live', 'test'),
        scopes: fc.uniqueArray(fc.constantFrom('member.read', 'api_key.*', 'role.read', 'send_sms', 'send_email', '*'), { maxLength: 3 }),
        allowedIps: fc.constantFrom([], [], ['127.0.0.0/8'], ['203.0.113.7']),
        allowedReferrers: fc.constantFrom([], [], ['https://app.example.com']),
        allowedEndpoints: fc.constantFrom([], [], [{ method: 'GET', path: '/v1/*' }], [{ method: '*', path: '/messages' }]),
        expiresAt: fc.constantFrom(null, null, 'soon'),
        rateLimit: fc.constantFrom(null, null, { limit: 1, windowSeconds: 3_600 }),
      });
      let session = { token: owner.token, at: app.clock.now().getTime() };
      const freshToken = async (): Promise<string> => {
        const at = app.clock.now().getTime();
        if (at - session.at > 8 * 60_000) session = { token: (await app.login(owner.email)).token, at };
        return session.token;
      };
      const fate = fc.constantFrom('none', 'none', 'disable', 'revoke', 'rotate', 'use', 'expire');
      const aReferrer = fc.constantFrom(null, 'https://app.example.com/page', 'https://evil.example/');
      await fc.assert(
        fc.asyncProperty(aKey, fate, fc.constantFrom(...routes), aReferrer, async (policy, what, route, referrer) => {
          const token = await freshToken();
          const soon = new Date(app.clock.now().getTime() + 60_000).toISOString();
          const body = { ...policy, expiresAt: policy.expiresAt && soon };
          const key = await app.issueKey(body, { ...owner, token });
          if (what === 'use') await app.get('/v1/whoami', { as: key.key });
          else if (what === 'expire') app.clock.move({ minutes: 2 });
          else if (what !== 'none') await app.post(`/v1/api-keys/${key.id}/${what}`, { as: token });
          const [method, path] = route.split(' ') as [string, string];
          const sent: Record<string, string> = referrer === null ? {} : { referer: referrer };
          const call = { method, path, ip: '127.0.0.1', ...(referrer === null ? {} : { referrer }) };
          const asked = await app.post(`/v1/api-keys/${key.id}/explain`, { as: token, body: { ...call, prefix: key.prefix } });
          const real = await app.call(method, path, { as: key.key, headers: sent });
          const refusal = [401, 403, 429].includes(real.status) ? (real.body.code as string) : 'valid';
          expect(asked.body.code).toBe(refusal);
          const requestId = real.headers['x-request-id'] as string;
          const past = await app.get(`/v1/call-logs/${requestId}/explain`, { as: token });
          if (past.status === 200) expect(past.body.code).toBe(refusal);
          else expect(asked.body.checks).toEqual([]);
          if (policy.rateLimit === null && asked.body.checks.length > 0) {
            const verified = await app.post('/v1/api-keys/verify', {
              as: token,
              body: { key: key.key, request: call, scopes: asked.body.requiredScopes },
            });
            // Verify knows nothing of routes: neither which are for people only, nor that one of several scopes is enough.
            if (route !== 'DELETE /v1/users/me' && route !== 'GET /messages') expect(verified.body.code).toBe(refusal);
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('asking what a key does', () => {
    const usage = async (key: TestKey, query = ''): Promise<Row> => {
      const { status, body } = await app.get(`/v1/api-keys/${key.id}/usage${query}`, { as: owner.token });
      expect(status).toBe(200);
      return body;
    };
    const callMembers = async (key: TestKey, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) expect((await app.get('/v1/members', { as: key.key })).status).toBe(200);
    };

    const done = async (answer: Promise<Answer>, status = 201): Promise<Row> => {
      const { body, ...rest } = await answer;
      expect(rest.status).toBe(status);
      return body;
    };

    it('T32: is told which scopes it has and needs, and the smaller set denies nothing that succeeded', async () => {
      const key = await app.issueKey({ scopes: ['send_sms', 'send_email', 'member.*', 'role.read'] }, owner);
      await callMembers(key, 3);
      await app.get('/v1/roles', { as: key.key, from: '127.0.0.2' });
      expect((await app.get('/messages', { as: key.key })).status).toBe(200);
      expect((await app.get('/v1/audit-events', { as: key.key })).status).toBe(403);
      const report = await usage(key);
      expect(report).toMatchObject({
        keyId: key.id,
        complete: true,
        calls: 6,
        succeeded: 5,
        denied: 1,
        lastCallAt: app.clock.now().toISOString(),
      });
      expect(report['routes'][0]).toMatchObject({ method: 'GET', route: '/v1/members', calls: 3, denied: 0 });
      expect(report['routes']).toContainEqual(expect.objectContaining({ route: '/v1/audit-events', calls: 1, denied: 1 }));
      expect(report['addresses'].map(({ ip, calls }: Row) => [ip, calls])).toEqual([
        ['127.0.0.1', 5],
        ['127.0.0.2', 1],
      ]);
      const { granted, used, unused, sufficient } = report['scopes'];
      expect(used.map(({ scope, calls }: Row) => [scope, calls])).toEqual([
        ['member.read', 3],
        ['role.read', 1],
        [expect.stringMatching(/^send_(sms|email)$/), 1],
      ]);
      expect([...granted].toSorted()).toEqual(['member.*', 'role.read', 'send_email', 'send_sms']);
      expect(unused).toHaveLength(1);
      expect(unused[0]).toMatch(/^send_(sms|email)$/);
      expect(sufficient).toHaveLength(3);
      expect(report['replay']).toEqual({ calls: 5, denied: 0 });
      await app.patch(`/v1/api-keys/${key.id}`, { as: owner.token, body: { scopes: sufficient } });
      for (const path of ['/v1/members', '/v1/roles', '/messages']) expect((await app.get(path, { as: key.key })).status).toBe(200);
    });

    it('is told so for 30 or for 90 days', async () => {
      const key = await app.issueKey({ scopes: ['member.read'] }, owner);
      await callMembers(key, 2);
      app.clock.move({ days: 40 });
      owner = await app.login(owner.email);
      expect(await usage(key)).toMatchObject({ calls: 0, lastCallAt: null, scopes: { used: [], unused: ['member.read'], sufficient: [] } });
      expect(await usage(key, '?days=90')).toMatchObject({ calls: 2, scopes: { unused: [] } });
      expect((await app.get(`/v1/api-keys/${key.id}/usage?days=31`, { as: owner.token })).status).toBe(400);
    });

    it('counts every call of months, however many there are, and says of addresses that they are a sample', async () => {
      const key = await app.issueKey({ scopes: [] }, owner);
      const store = app.service.app.get(CallStore);
      const principal = aKeyHolder({ id: key.id, organizationId: owner.organizationId });
      const now = app.clock.now().getTime();
      const statuses = [200, 201, 302, 400, 401, 403, 404, 429, 500];
      const made = Array.from({ length: 6_000 }, (_, i) => ({
        at: new Date(now - Math.floor((i / 6_000) ** 4 * 40 * 24 * 3_600_000)),
        status: statuses[(i * 7) % statuses.length]!,
        ip: `203.0.113.${i % 40}`,
      }));
      for (const { at, ...given } of made) store.append({ ...aCall(given), ...new CallIds().next(at), at, principal });
      const report = await usage(key);
      const { body: impact } = await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token });
      const count = (since: number, is: (status: number) => boolean): number =>
        made.filter(({ at, status }) => at.getTime() >= since && is(status)).length;
      const from = Date.parse(report['from'] as string);
      expect(from % 3_600_000).toBe(0);
      expect(report).toMatchObject({
        complete: false,
        calls: count(from, () => true),
        succeeded: count(from, (status) => status < 400),
        denied: count(from, (status) => [401, 403, 429].includes(status)),
        errors: count(from, (status) => [400, 404, 500].includes(status)),
      });
      expect(report['addresses'].reduce((sum: number, { calls }: Row) => sum + (calls as number), 0)).toBe(2_500);
      expect(Date.parse(report['oldestAt'] as string)).toBeGreaterThan(from);
      const succeededWithin = (hours: number): number => count(now - hours * 3_600_000, (status) => status < 400);
      expect(impact).toMatchObject({ lastHour: succeededWithin(1), lastDay: succeededWithin(24), lastMonth: succeededWithin(720) });
    });

    it('counts the hour of a busy key from its beginning: nobody waits until each of its calls is read', async () => {
      const key = await app.issueKey({ scopes: [] }, owner);
      const store = app.service.app.get(CallStore);
      const principal = aKeyHolder({ id: key.id, organizationId: owner.organizationId });
      const hour = Math.floor(app.clock.now().getTime() / 3_600_000) * 3_600_000;
      app.clock.move({ seconds: (hour + 90 * 60_000 - app.clock.now().getTime()) / 1_000 });
      owner = await app.login(owner.email);
      const call = (minutes: number): void => {
        const at = new Date(hour + minutes * 60_000);
        store.append({ ...aCall({ status: 200 }), ...new CallIds().next(at), at, principal });
      };
      const impact = async (): Promise<unknown> => (await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token })).body;
      for (let i = 0; i < 10_000; i++) call(i % 2 === 0 ? 31 : 59);
      for (const minutes of [1, 29, 61]) call(minutes);
      expect(await impact()).toMatchObject({ lastHour: 10_001, lastDay: 10_003 });
      call(45);
      expect(await impact()).toMatchObject({ lastHour: 10_004, lastDay: 10_004 });
    });

    it('is told that addresses are not all where the log keeps calls no more', async () => {
      const key = await app.issueKey({ scopes: ['member.read'] }, owner);
      await callMembers(key, 2);
      expect(await usage(key)).toMatchObject({ calls: 2, addresses: [{ calls: 2 }], complete: true });
      await done(app.patch(`/v1/organizations/${owner.organizationId}`, { as: owner.token, body: { callLogRetentionDays: 7 } }), 200);
      app.clock.move({ days: 8 });
      owner = await app.login(owner.email);
      expect(await app.service.app.get(CallRetention).run()).toBe(true);
      expect(await usage(key)).toMatchObject({ calls: 2, addresses: [], complete: false, oldestAt: null });
      await callMembers(key, 1);
      expect(await usage(key)).toMatchObject({ calls: 3, addresses: [{ calls: 1 }], complete: false });
      expect(await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token })).toMatchObject({
        body: { lastMonth: 3, complete: false },
      });
    });

    it('is told of the last success, however long ago', async () => {
      const key = await app.issueKey({ scopes: ['member.read'] }, owner);
      await callMembers(key, 1);
      const lastSuccessAt = app.clock.now().toISOString();
      app.clock.move({ days: 45 });
      owner = await app.login(owner.email);
      expect((await app.get('/v1/roles', { as: key.key })).status).toBe(403);
      const impact = await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token });
      expect(impact.body).toMatchObject({ lastHour: 0, lastMonth: 0, lastSuccessAt });
    });

    const grants: ReadonlyArray<readonly [what: string, scopes: readonly string[], grant: (as: string, id: string) => Promise<unknown>]> = [
      ['makes a key', ['api_key.create'], (as) => done(app.post('/v1/api-keys', { as, body: { name: 'child', scopes: ['send_sms'] } }))],
      ['rotates a key', ['api_key.rotate'], (as, id) => done(app.post(`/v1/api-keys/${id}/rotate`, { as }))],
      ['changes a key', ['api_key.update'], (as, id) => done(app.patch(`/v1/api-keys/${id}`, { as, body: { name: 'renamed' } }), 200)],
      [
        'makes a role',
        ['role.create'],
        (as) => done(app.post('/v1/roles', { as, body: { name: `texter ${as.slice(-6)}`, scopes: ['send_sms'] } })),
      ],
    ];

    it.each(grants)('is told that a key which %s needs what it gives', async (_what, scopes, grant) => {
      const child = await app.issueKey({ scopes: ['send_sms'] }, owner);
      const key = await app.issueKey({ scopes: [...scopes, 'send_sms', 'send_email'] }, owner);
      await grant(key.key, child.id);
      const told = (await usage(key))['scopes'];
      expect(told).toMatchObject({ unused: [], allNeededFor: ['grants'] });
      app.clock.move({ seconds: 11 });
      const other = await app.issueKey({ scopes: told.sufficient }, owner);
      await grant(other.key, child.id);
    });

    it('is told so no more once that is long ago', async () => {
      const key = await app.issueKey({ scopes: ['api_key.create', 'send_sms'] }, owner);
      await done(app.post('/v1/api-keys', { as: key.key, body: { name: 'child', scopes: ['send_sms'] } }));
      expect((await app.post('/v1/api-keys', { as: key.key, body: { name: 'no', scopes: ['send_email'] } })).status).toBe(403);
      app.clock.move({ days: 31 });
      owner = await app.login(owner.email);
      expect((await usage(key))['scopes']).toMatchObject({ sufficient: [], allNeededFor: [] });
      expect((await usage(key, '?days=90'))['scopes']).toMatchObject({ unused: [], allNeededFor: ['grants'] });
    });

    it('is told what a revoke would break', async () => {
      const key = await app.issueKey({ scopes: ['member.read'] }, owner);
      await callMembers(key, 1);
      app.clock.move({ days: 2 });
      owner = await app.login(owner.email);
      await callMembers(key, 2);
      app.clock.move({ hours: 3 });
      owner = await app.login(owner.email);
      await callMembers(key, 3);
      const lastSuccessAt = app.clock.now().toISOString();
      app.clock.move({ minutes: 1 });
      await app.get('/v1/roles', { as: key.key });
      const { body } = await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token });
      expect(body).toMatchObject({ status: 'active', lastHour: 3, lastDay: 5, lastMonth: 6, complete: true, lastSuccessAt });
      expect(body.routes[0]).toMatchObject({ route: '/v1/members', calls: 6 });
      await app.post(`/v1/api-keys/${key.id}/revoke`, { as: owner.token });
      expect((await app.get(`/v1/api-keys/${key.id}/impact`, { as: owner.token })).body).toMatchObject({ status: 'revoked', lastMonth: 6 });
    });
  });
});
