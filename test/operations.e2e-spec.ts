import { IdempotencyRecords, Readiness } from '../src/operations';
import { type Answer, KeystileApp } from '../src/testing';

const IN_FLIGHT = "UPDATE keystile_idempotency_records SET state = 'in_flight', status = NULL, sealed_answer = NULL";
const POOL_SIZE = 10;

describe('health', () => {
  let app: KeystileApp;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  afterAll(() => app.stop());

  it('is alive and ready', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      expect(await app.get(path)).toMatchObject({ status: 200, body: { status: 'ok' } });
    }
  });

  it('is not ready, but alive, while the database does not answer', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Every connection is taken: a pool has some, an embedded database one.
    const taken = Array.from({ length: POOL_SIZE }, () => app.service.database.transaction(() => released));
    const [ready, live] = await Promise.all([app.get('/health/ready'), app.get('/health/live')]);
    release();
    await Promise.all(taken);
    expect(ready).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
    expect(live.status).toBe(200);
    expect((await app.get('/health/ready')).status).toBe(200);
  });

  it('is not ready once it is about to stop', async () => {
    app.service.app.get(Readiness).stop();
    expect(await app.get('/health/ready')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect((await app.get('/health/live')).status).toBe(200);
  });
});

describe('metrics', () => {
  let app: KeystileApp;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  afterAll(() => app.stop());

  it('A18.8 count calls by route pattern, method and class of status, and name no organization and no key', async () => {
    const key = await app.issueKey({ name: 'secretly named', scopes: ['api_key.read'] });
    await app.get(`/v1/api-keys/${key.id}`, { as: key.key });
    await app.get('/nowhere');
    const text = await eventually(async () => {
      const { text: metrics } = await app.get('/metrics');
      return /route="\/v1\/api-keys\/:id",status_class="2xx"/.test(metrics) && /route="none",status_class="4xx"/.test(metrics)
        ? metrics
        : undefined;
    });
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/^keystile_call_log_waiting_calls \d+$/m);
    expect(text).toMatch(/^keystile_call_log_refused_calls_total 0$/m);
    expect(text).toMatch(/# EOF\n$/);
    for (const secret of [key.id, key.prefix, 'secretly named', 'Acme', (await app.owner()).organizationId])
      expect(text).not.toContain(secret);
  });

  it('are OpenMetrics', async () => {
    expect((await app.get('/metrics')).headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  });

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip'])(
    'are not there for a caller behind a proxy of this machine (%s)',
    async (header) => {
      expect((await app.get('/metrics', { headers: { [header]: '127.0.0.1' } })).status).toBe(404);
    },
  );

  it('are there for holders of METRICS_TOKEN only, where it is set', async () => {
    const guarded = await KeystileApp.start({ env: { METRICS_TOKEN: 'a-token-of-some-length' } });
    const statuses = await Promise.all(
      [undefined, 'another-token', 'a-token-of-some-lengt', 'a-token-of-some-length'].map(
        async (as) => (await guarded.get('/metrics', as === undefined ? {} : { as })).status,
      ),
    );
    await guarded.stop();
    expect(statuses).toEqual([404, 404, 404, 200]);
  });
});

describe('every answer', () => {
  let app: KeystileApp;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  afterAll(() => app.stop());

  it.each([
    ['of an endpoint', 'GET', '/health/live', 200],
    ['to nobody', 'GET', '/v1/whoami', 401],
    ['about a path that does not exist', 'GET', '/nowhere', 404],
    ['to a body that cannot be read', 'POST', '/v1/auth/login', 400],
  ])('A18.7 %s tells browsers to run and keep nothing, and what runs here to nobody', async (_which, method, path, status) => {
    const { headers, ...answer } = await app.call(
      method,
      path,
      method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{' } : {},
    );
    expect(answer.status).toBe(status);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    for (const banner of ['server', 'x-powered-by', 'strict-transport-security']) expect(headers).not.toHaveProperty(banner);
  });
});

describe('a request with an Idempotency-Key', () => {
  let app: KeystileApp;
  let token: string;
  beforeAll(async () => {
    app = await KeystileApp.start();
    ({ token } = await app.owner());
  });
  afterAll(() => app.stop());

  const create = (idempotencyKey: string, body: object, as = token): Promise<Answer> =>
    app.post('/v1/api-keys', { as, headers: { 'idempotency-key': idempotencyKey }, body });
  const keysNamed = async (name: string, as = token): Promise<number> =>
    (await app.get(`/v1/api-keys?q=${encodeURIComponent(name)}`, { as })).body.data.length as number;

  it('gets the same answer again, the once-shown secret included, and is done once', async () => {
    const first = await create('same', { name: 'repeated', scopes: [] });
    const again = await create('same', { scopes: [], name: 'repeated' });
    expect(first).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^ks_live_/) as string } });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true', 'cache-control': 'no-store' } });
    expect(again.body).toEqual(first.body);
    for (const name of ['location', 'etag']) expect({ [name]: again.headers[name] }).toEqual({ [name]: first.headers[name] });
    expect(first.headers.etag).toBe('"v1"');
    expect(again.headers.location).toBe(`/v1/api-keys/${first.body.id as string}`);
    expect(await keysNamed('repeated')).toBe(1);
  });

  it('gets 422 with another body, and the first answer is still there', async () => {
    const first = await create('conflict', { name: 'one', scopes: [] });
    expect(await create('conflict', { name: 'two', scopes: [] })).toMatchObject({ status: 422, body: { code: 'idempotency_conflict' } });
    expect((await create('conflict', { name: 'one', scopes: [] })).body).toEqual(first.body);
  });

  it('A17.4 of ten equal ones at once, one is done; the others get its answer or 409', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create('at-once', { name: 'at once', scopes: [] })));
    const done = answers.filter(({ status }) => status === 201);
    const waiting = answers.filter(({ status }) => status === 409);
    expect(done.length + waiting.length).toBe(10);
    expect(new Set(done.map(({ body }) => body.key as string)).size).toBe(1);
    expect(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    for (const { body } of waiting) expect(body.code).toBe('idempotency_in_flight');
    expect(await keysNamed('at once')).toBe(1);
  });

  it('gets 409 while the first one runs, and after it was cut off in the middle', async () => {
    await create('cut-off', { name: 'cut off', scopes: [] });
    await app.service.database.query(`${IN_FLIGHT} WHERE state = 'done'`);
    expect(await create('cut-off', { name: 'cut off', scopes: [] })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_in_flight' },
      headers: { 'retry-after': '1' },
    });
    expect(await keysNamed('cut off')).toBe(1);
  });

  it('is done like a first one after it was refused', async () => {
    expect(await create('refused', { name: 'refused', scopes: ['send_smss'] })).toMatchObject({
      status: 422,
      body: { code: 'unknown_scope' },
    });
    expect(await create('refused', { name: '', scopes: [] })).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect((await create('refused', { name: 'refused', scopes: ['send_sms'] })).status).toBe(201);
  });

  it('belongs to its caller: the same header of somebody else is another request', async () => {
    const colleague = await app.member('admin');
    const mine = await create('shared', { name: 'mine', scopes: [] });
    const theirs = await create('shared', { name: 'theirs', scopes: [] }, colleague.token);
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.headers).not.toHaveProperty('idempotency-replayed');
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('belongs to its endpoint', async () => {
    const sent = await app.post('/sms', { as: token, headers: { 'idempotency-key': 'same' }, body: { to: '+14155550123', text: 'hi' } });
    const again = await app.post('/sms', { as: token, headers: { 'idempotency-key': 'same' }, body: { to: '+14155550123', text: 'hi' } });
    expect(sent.status).toBe(202);
    expect(sent.headers).not.toHaveProperty('idempotency-replayed');
    expect(again).toMatchObject({ status: 202, body: sent.body, headers: { 'idempotency-replayed': 'true' } });
  });

  it('rotates a key once', async () => {
    const { id } = await app.issueKey();
    const rotate = (): Promise<Answer> =>
      app.post(`/v1/api-keys/${id}/rotate`, { as: token, headers: { 'idempotency-key': 'rotate' }, body: {} });
    const first = await rotate();
    const again = await rotate();
    expect(first.status).toBe(again.status);
    expect(first.status).toBeLessThan(300);
    expect(again.body).toEqual(first.body);
    expect((await app.get('/v1/whoami', { as: again.body.key as string })).status).toBe(200);
  });

  it('gets 409 after the key that it created was revoked', async () => {
    const { body } = await create('revoked', { name: 'revoked', scopes: [] });
    await app.post(`/v1/api-keys/${body.id as string}/revoke`, { as: token, body: {} });
    const again = await create('revoked', { name: 'revoked', scopes: [] });
    expect(again.status).toBe(409);
    expect(again.text).not.toContain(body.key);
  });

  it('is forgotten after ten minutes', async () => {
    const first = await create('old', { name: 'old', scopes: [] });
    app.clock.move({ minutes: 9, seconds: 59 });
    expect((await create('old', { name: 'old', scopes: [] })).body).toEqual(first.body);
    app.clock.move({ seconds: 1 });
    const later = await create('old', { name: 'old', scopes: [] });
    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
    expect(await keysNamed('old')).toBe(2);
  });

  it('leaves nothing behind when it has expired', async () => {
    app.clock.move({ minutes: 10 });
    await app.service.app.get(IdempotencyRecords).deleteExpired();
    expect(await app.service.database.query('SELECT * FROM keystile_idempotency_records')).toEqual([]);
    ({ token } = await app.login('owner@example.com'));
  });

  it('A18.9 leaves no secret that can be read in the database', async () => {
    const { body } = await create('sealed', { name: 'sealed', scopes: [] });
    const rows = JSON.stringify(await app.service.database.query('SELECT * FROM keystile_idempotency_records'));
    expect(rows).toContain('done');
    for (const secret of [
      body.key as string,
      Buffer.from(body.key as string)
        .toString('base64')
        .slice(4, -4),
      'sealed"',
    ]) {
      expect(rows).not.toContain(secret);
    }
  });

  it.each([
    ['empty', ''],
    ['with a blank', 'a b'],
    ['of 256 characters', 'x'.repeat(256)],
    ['outside ASCII', 'schl\u00fcssel'],
    ['sent twice', ['one', 'two']],
  ])('is refused where the header is %s', async (_which, header) => {
    const answer = await app.post('/v1/api-keys', {
      as: token,
      headers: { 'idempotency-key': header },
      body: { name: 'refused', scopes: [] },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer: '/Idempotency-Key' }] } });
  });

  it('is nothing special where nothing is created', async () => {
    const { id } = await app.issueKey();
    const disable = (): Promise<Answer> =>
      app.post(`/v1/api-keys/${id}/disable`, { as: token, headers: { 'idempotency-key': 'not this' } });
    for (const answer of [await disable(), await disable()]) {
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    }
  });
});

/** What happens behind an answer: the log is written after it. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It did not come to pass');
}
