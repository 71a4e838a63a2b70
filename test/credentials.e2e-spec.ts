import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

import { type Answer, KeystileApp, type TestKey, type TestPerson } from '../src/testing';

const MISSING = 'Missing or invalid Authorization header';

describe('credentials', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let live: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start({ env: { FAILED_AUTH_LIMIT: '1000000' } });
    owner = await app.owner();
    live = await app.issueKey({ scopes: ['send_sms', 'api_key.read'] });
  });
  afterAll(() => app.stop());

  const ME = '/v1/whoami';
  const refused = (answer: Answer, status: number, code: string, message: string): void => {
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ type: `/docs/errors#${code}`, status, code, message, requestId: answer.headers['x-request-id'] });
    expect(answer.body.detail).toEqual(expect.any(String));
    expect(answer.body.title).toEqual(expect.any(String));
  };

  it('T03 lets in the key in the Authorization header, on every request anew and without a session', async () => {
    for (let i = 0; i < 3; i++) {
      const answer = await app.get(ME, { headers: { authorization: `Bearer ${live.key}` } });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        type: 'api_key',
        id: live.id,
        organizationId: owner.organizationId,
        userId: owner.userId,
        environment: 'live',
      });
      expect(answer.cookies).toEqual([]);
    }
    expect((await app.get(ME)).status).toBe(401);
  });

  it('C07 C08 lets in the key in X-API-Key, on every endpoint', async () => {
    expect((await app.get(ME, { headers: { 'X-API-Key': live.key } })).status).toBe(200);
    expect((await app.get('/v1/api-keys', { headers: { 'X-API-Key': live.key } })).status).toBe(200);
  });

  it('T33 T34 T35 takes a JWT and an API key on the same endpoint', async () => {
    expect((await app.get('/v1/api-keys', { as: owner.token })).status).toBe(200);
    expect((await app.get('/v1/api-keys', { as: live.key })).status).toBe(200);
    expect((await app.get('/v1/api-keys', { headers: { cookie: `keystile_session=${owner.token}` } })).status).toBe(200);
  });

  it('T25 T21 answers a missing header with 401 and no error in the challenge (RFC 6750 §3.1)', async () => {
    const answer = await app.get(ME);
    refused(answer, 401, 'missing_credentials', MISSING);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="keystile"');
  });

  it.each(['Bearer', 'Bearer ', 'Bearer  x', 'Bearer a b', 'Bearer {}', 'Bearer "x"'])(
    'T21 K14 answers the malformed header %p with 401',
    async (authorization) => {
      const answer = await app.get(ME, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.body.message).toBe(MISSING);
    },
  );

  it.each(['x', 'null', 'undefined', '0', 'ks_live_x', 'sk_live_abc123xyz789', 'a.b.c', 'eyJhbGciOiJub25lIn0', `eyJ${'a'.repeat(4000)}`])(
    'T22 answers the unknown key %p with 401',
    async (token) => {
      const answer = await app.get(ME, { as: token });
      refused(answer, 401, 'invalid_api_key', 'Invalid API key');
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="keystile", error="invalid_token"');
    },
  );

  it('A02.1 never looks up what has two dots, and answers the same', async () => {
    const { key } = live;
    for (const token of [`${key}.${key}.${key}`, `${key}.`, `.${key}`, `eyJ${key}`, 'x'.repeat(4096)]) {
      refused(await app.get(ME, { as: token }), 401, 'invalid_api_key', 'Invalid API key');
    }
  });

  it('A02.3 takes a JWT in X-API-Key for an unknown key, and a key in the cookie for nothing', async () => {
    refused(await app.get(ME, { headers: { 'x-api-key': owner.token } }), 401, 'invalid_api_key', 'Invalid API key');
    refused(await app.get(ME, { headers: { cookie: `keystile_session=${live.key}` } }), 401, 'missing_credentials', MISSING);
  });

  it('A02.4 C09 refuses two different credentials, and takes two headers that agree', async () => {
    const other = await app.issueKey();
    const both = (authorization: string, apiKey: string) => app.get(ME, { headers: { authorization, 'x-api-key': apiKey } });
    refused(await both(`Bearer ${live.key}`, other.key), 400, 'credential_conflict', 'Two different credentials were sent');
    refused(await both(`Bearer ${live.key}`, 'rubbish'), 400, 'credential_conflict', 'Two different credentials were sent');
    expect((await both(`Bearer ${live.key}`, live.key)).status).toBe(200);
    const withCookie = await app.get(ME, { headers: { authorization: `Bearer ${live.key}`, cookie: `keystile_session=${owner.token}` } });
    expect(withCookie.body.id).toBe(live.id);
  });

  it('A03.3 refuses one header twice, also when both say the same', async () => {
    for (const headers of [
      ['Authorization', `Bearer ${live.key}`, 'Authorization', `Bearer ${live.key}`],
      ['Authorization', `Bearer ${live.key}`, 'authorization', 'Bearer x'],
      ['X-API-Key', live.key, 'X-API-Key', live.key],
    ]) {
      refused(await app.get(ME, { headers }), 400, 'credential_conflict', 'Two different credentials were sent');
    }
  });

  it('A03.1 C27 never takes a credential from the URL or the body', async () => {
    const names = [
      'access_token',
      'api_key',
      'apikey',
      'apiKey',
      'key',
      'token',
      'auth',
      'authorization',
      'jwt',
      'x-api-key',
      'bearer',
      'X-API-Key',
    ];
    for (const secret of [live.key, owner.token]) {
      for (const name of names) {
        for (const query of [`${name}=${secret}`, `${name}[]=${secret}`, `${name}[a]=${secret}`, `${name}=${secret}&${name}=${secret}`]) {
          const answer = await app.get(`${ME}?${query}`);
          refused(answer, 401, 'missing_credentials', MISSING);
          expect(answer.body.detail).toContain('URL');
          expect(answer.text).not.toContain(secret);
        }
      }
      for (const body of [{ access_token: secret }, { access_token: [secret] }, { access_token: { $ne: 1 } }, { access_token: 1 }]) {
        refused(await app.post('/v1/api-keys', { body }), 401, 'missing_credentials', MISSING);
      }
      const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `access_token=${secret}` };
      refused(await app.post('/v1/api-keys', form), 401, 'missing_credentials', MISSING);
    }
  });

  it('reports a key that stands in a URL, once an hour, and only a whole one (decision 42)', async () => {
    const exposed = await app.issueKey();
    const events = async () =>
      (await app.get(`/v1/audit-events?targetId=${exposed.id}&action=api_key.exposed_in_url`, { as: owner.token })).body.data as unknown[];
    await app.get(`${ME}?key=${exposed.key.slice(0, -1)}x`);
    expect(await events()).toHaveLength(0);
    await app.get(`${ME}?key=${exposed.key}`);
    await app.get(`/nowhere?a=b&token=${exposed.key}`);
    const found = await events();
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain(exposed.key);
    app.clock.move({ hours: 1 });
    owner = await app.login(owner.email);
    await app.get(`${ME}?key=${exposed.key}`);
    expect(await events()).toHaveLength(2);
  });

  it('T19 answers a missing scope with 403, the scope and the challenge', async () => {
    const { key } = await app.issueKey({ scopes: ['send_email'] });
    const answer = await app.post('/sms', { as: key, body: { to: '+491701234567', text: 'x' } });
    refused(answer, 403, 'insufficient_scope', 'Insufficient scope: requires send_sms');
    expect(answer.body.requiredScopes).toEqual(['send_sms']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="keystile", error="insufficient_scope", scope="send_sms"');
  });

  it('T07 T20 answers an address outside the allowlist with 403', async () => {
    const { key } = await app.issueKey({ allowedIps: ['203.0.113.7'] });
    refused(await app.get(ME, { as: key }), 403, 'ip_not_allowed', 'Request IP is not in the API key whitelist');
    const open = await app.issueKey({ allowedIps: ['127.0.0.0/8'] });
    expect((await app.get(ME, { as: open.key })).status).toBe(200);
    expect((await app.get(ME, { as: open.key, from: '127.0.0.2' })).status).toBe(200);
    const narrow = await app.issueKey({ allowedIps: ['127.0.0.2'] });
    expect((await app.get(ME, { as: narrow.key })).status).toBe(403);
    expect((await app.get(ME, { as: narrow.key, from: '127.0.0.2' })).status).toBe(200);
  });

  it('A12.1 believes no header about the address where no proxy is trusted', async () => {
    const { key } = await app.issueKey({ allowedIps: ['203.0.113.7'] });
    const names = [
      'X-Forwarded-For',
      'Forwarded',
      'X-Real-IP',
      'Client-IP',
      'True-Client-IP',
      'CF-Connecting-IP',
      'Fastly-Client-IP',
      'X-Client-IP',
      'X-Cluster-Client-IP',
      'X-Forwarded',
      'Forwarded-For',
      'X-Original-Forwarded-For',
      'X-Remote-IP',
      'X-Remote-Addr',
      'Remote-Addr',
      'X-ProxyUser-Ip',
      'Via',
      'X-Host',
      'X-Originating-IP',
      'X-Appengine-User-IP',
      'Fly-Client-IP',
      'X-Azure-ClientIP',
      'X-Envoy-External-Address',
      'WL-Proxy-Client-IP',
      'Proxy-Client-IP',
      'X-Forwarded-By',
    ];
    for (const name of names) {
      for (const value of ['203.0.113.7', '203.0.113.7, 127.0.0.1', 'for=203.0.113.7']) {
        refused(
          await app.get(ME, { as: key, headers: { [name]: value } }),
          403,
          'ip_not_allowed',
          'Request IP is not in the API key whitelist',
        );
      }
    }
  });

  it('restricts by referrer and by endpoint', async () => {
    const page = await app.issueKey({ allowedReferrers: ['https://app.example.com'] });
    refused(await app.get(ME, { as: page.key }), 403, 'referrer_not_allowed', 'Request referrer is not allowed for this API key');
    expect((await app.get(ME, { as: page.key, headers: { referer: 'https://app.example.com/x' } })).status).toBe(200);
    const endpoint = await app.issueKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/api-keys/*' }], scopes: ['api_key.read'] });
    refused(await app.get(ME, { as: endpoint.key }), 403, 'endpoint_not_allowed', 'This endpoint is not allowed for this API key');
    expect((await app.get('/v1/api-keys/current', { as: endpoint.key })).status).toBe(200);
  });

  it('tells the state of a key only to who holds the whole secret (A04.2)', async () => {
    const revoked = await app.issueKey();
    await app.post(`/v1/api-keys/${revoked.id}/revoke`, { as: owner.token });
    refused(await app.get(ME, { as: revoked.key }), 401, 'api_key_revoked', 'API key has been revoked');
    const other = await app.issueKey();
    // The look-up id of one key with the secret of another: well formed but for the checksum.
    refused(
      await app.get(ME, { as: `${revoked.prefix}_${other.key.slice(other.prefix.length + 1)}` }),
      401,
      'invalid_api_key',
      'Invalid API key',
    );
  });

  it('A04.5 limits bad keys by address, while a good one from there keeps working', async () => {
    const strict = await KeystileApp.start({ env: { FAILED_AUTH_LIMIT: '5' } });
    try {
      const { key } = await strict.issueKey();
      const statuses: number[] = [];
      for (let i = 0; i < 8; i++) statuses.push((await strict.get(ME, { as: `bad${i}` })).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
      expect((await strict.get(ME, { as: key })).status).toBe(200);
      expect((await strict.get(ME, { as: 'bad', from: '127.0.0.9' })).status).toBe(401);
      strict.clock.move({ minutes: 1 });
      expect((await strict.get(ME, { as: 'bad' })).status).toBe(401);
    } finally {
      await strict.stop();
    }
  });

  it('A13.1 refuses a change by cookie from another site, and takes one from its own origin', async () => {
    const cookie = `keystile_session=${owner.token}`;
    const body = { name: 'by cookie', scopes: [] };
    const { host } = new URL(app.url);
    const post = (headers: Record<string, string>) => app.post('/v1/api-keys', { headers: { cookie, ...headers }, body });
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://${host}.evil.example` },
      { origin: `http://evil${host}` },
      { origin: 'http://127.0.0.1:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { referer: 'https://evil.example/' },
      { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
    ] as Array<Record<string, string>>) {
      refused(await post(headers), 403, 'csrf_rejected', 'Cross-site request refused');
    }
    expect((await post({ origin: `http://${host}` })).status).toBe(201);
    expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect((await app.post('/v1/api-keys', { as: owner.token, body, headers: { origin: 'https://evil.example' } })).status).toBe(201);
  });

  it('decides before any body is read: nobody learns from a bad body whether it parses', async () => {
    const json = { 'content-type': 'application/json' };
    refused(await app.post('/v1/api-keys', { headers: json, body: '{"name":' }), 401, 'missing_credentials', MISSING);
    refused(await app.post('/v1/api-keys', { headers: json, body: 'x'.repeat(2_000_000) }), 401, 'missing_credentials', MISSING);
    refused(
      await app.post('/v1/api-keys', { as: owner.token, headers: json, body: '{"name":sk_live_SECRET' }),
      400,
      'malformed_json',
      'Body is not valid JSON',
    );
  });

  it('asks again when a body comes slowly: a key that was revoked meanwhile makes nothing', async () => {
    const slow = await app.issueKey({ scopes: ['api_key.create'] });
    const before = (await app.get('/v1/api-keys?q=too%20late', { as: owner.token })).body.data as unknown[];
    const answer = new Promise<number>((resolve, reject) => {
      const body = JSON.stringify({ name: 'too late', scopes: [] });
      const headers = { authorization: `Bearer ${slow.key}`, 'content-type': 'application/json', 'content-length': String(body.length) };
      const sent = request(`${app.url}/v1/api-keys`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.write(body.slice(0, 5));
      const revoke = async (): Promise<void> => {
        await setTimeout(100);
        await app.post(`/v1/api-keys/${slow.id}/revoke`, { as: owner.token, body: {} });
        sent.end(body.slice(5));
      };
      revoke().catch(reject);
    });
    expect(await answer).toBe(401);
    expect((await app.get('/v1/api-keys?q=too%20late', { as: owner.token })).body.data).toEqual(before);
    const [call] = (await app.get(`/v1/call-logs?keyId=${slow.id}`, { as: owner.token })).body.data as Array<{ code: string }>;
    expect(call!.code).toBe('api_key_revoked');
  });

  it('answers a path that does not exist with 404 for everyone', async () => {
    for (const options of [{}, { as: live.key }, { as: 'rubbish' }, { as: owner.token }]) {
      refused(await app.get('/v1/nothing', options), 404, 'not_found', 'Not found');
    }
    refused(await app.call('DELETE', '/v1/whoami', { as: live.key }), 404, 'not_found', 'Not found');
  });

  it('A06.8 asks of HEAD what it asks of GET', async () => {
    expect((await app.call('HEAD', '/v1/api-keys')).status).toBe(401);
    expect((await app.call('HEAD', '/v1/api-keys', { as: (await app.issueKey()).key })).status).toBe(403);
    const allowed = await app.call('HEAD', '/v1/api-keys', { as: live.key });
    expect(allowed.status).toBe(200);
    expect(allowed.text).toBe('');
  });

  it('A06.9 ignores headers that name another method or path', async () => {
    for (const name of ['X-HTTP-Method-Override', 'X-Method-Override', 'X-HTTP-Method', 'X-Original-URL', 'X-Rewrite-URL']) {
      const answer = await app.get(ME, { as: live.key, headers: { [name]: name.includes('URL') ? '/v1/api-keys' : 'DELETE' } });
      expect(answer.body.id).toBe(live.id);
    }
  });
});

describe('behind a proxy that is trusted', () => {
  let app: KeystileApp;
  beforeAll(async () => {
    app = await KeystileApp.start({ env: { TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' } });
  });
  afterAll(() => app.stop());

  it('A12.2 A12.5 the caller is the rightmost hop that is no proxy, and that is the address in the log', async () => {
    const { id, key } = await app.issueKey({ allowedIps: ['203.0.113.7'] });
    const from = async (forwarded: string) => (await app.get('/v1/whoami', { as: key, headers: { 'x-forwarded-for': forwarded } })).status;
    expect(await from('203.0.113.7')).toBe(200);
    expect(await from('9.9.9.9, 203.0.113.7, 10.1.1.1')).toBe(200);
    expect(await from('203.0.113.7, 9.9.9.9')).toBe(403);
    expect(await from('<script>')).toBe(403);
    expect(await from('')).toBe(403);
    const { token } = await app.owner();
    const calls = await app.get(`/v1/call-logs?keyId=${id}`, { as: token });
    expect(calls.body.data.map(({ ip }: { ip: string }) => ip)).toEqual([null, null, '9.9.9.9', '203.0.113.7', '203.0.113.7']);
    const open = await app.issueKey();
    expect((await app.get('/v1/whoami', { as: open.key, headers: { 'x-forwarded-for': '<script>' } })).status).toBe(200);
  });
});

describe('access tokens of people', () => {
  it('T37 come by cookie only where the operator says so', async () => {
    const app = await KeystileApp.start({ env: { JWT_SOURCES: 'cookie' } });
    try {
      const link = await app.service.mintSetupLink();
      const answer = await app.post('/v1/setup', {
        body: {
          token: link!.split('#')[1],
          email: 'o@example.com',
          password: 'correct horse battery',
          name: 'O',
          organizationName: 'A',
          transport: 'bearer',
        },
      });
      const token = answer.body.accessToken as string;
      expect((await app.get('/v1/whoami', { as: token })).body.code).toBe('invalid_token');
      expect((await app.get('/v1/whoami', { headers: { cookie: `keystile_session=${token}` } })).status).toBe(200);
    } finally {
      await app.stop();
    }
  });
});
