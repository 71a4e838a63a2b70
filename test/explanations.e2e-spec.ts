import { Controller, Get } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fc from 'fast-check';
import { RequireScope } from 'keystile';
import { TestHost, temporaryDatabase } from 'keystile/testing';

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
        expect(await why(real)).toMatchObject({ ...nowhere, answered: 404, answeredCode: 'not_found' });
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
      for (const code of ['valid', 'not_found', 'insufficient_scope', 'endpoint_not_allowed', 'ip_not_allowed'])
        expect(seen).toContain(code);
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
