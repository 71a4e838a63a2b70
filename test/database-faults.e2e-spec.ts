import { Logger } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { requestIdOf } from '../src/audit/call-id';
import { ApiKey } from '../src/keys/api-key.entity';
import { type Answer, KeystileApp, type TemporaryDatabase, temporaryDatabase, type TestKey } from '../src/testing';
import { FaultProxy } from './support/fault-proxy';
import { type SeenAnswer, SteadyLoad } from './support/steady-load';

/** R04 says 1.5 s, which `bench/faults.mjs` measures; here the machine has other work. */
const NOBODY_WAITS_LONGER_MS = 4_000;
const FAULT_MS = 1_500;

const server = process.env['TEST_DATABASE_URL'];

/** A proxy stands between the service and the server, so that the server of everybody else's tests has nothing wrong with it. */
(server ? describe : describe.skip)(`a database server that fails${server ? '' : ' (needs TEST_DATABASE_URL)'}`, () => {
  let database: TemporaryDatabase;
  let proxy: FaultProxy;
  let app: KeystileApp;
  let dataDir: string;
  let key: TestKey;
  let token: string;

  beforeAll(async () => {
    database = await temporaryDatabase();
    const through = await FaultProxy.before(database.url!);
    proxy = through.proxy;
    dataDir = mkdtempSync(join(tmpdir(), 'keystile-faults-'));
    app = await KeystileApp.start({ keep: { dataDir, databaseUrl: through.url } });
    key = await app.issueKey({ scopes: ['api_key.read'] });
    token = (await app.owner()).token;
    for (const level of ['log', 'warn', 'error'] as const) jest.spyOn(Logger.prototype, level).mockImplementation();
  });

  afterAll(async () => {
    await proxy.pass();
    await app.stop({ disposeData: false });
    await proxy.stop();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const aLoad = (clients = 8): SteadyLoad =>
    new SteadyLoad(
      app.url,
      [
        { method: 'GET', path: '/v1/whoami', as: key.key },
        { method: 'GET', path: `/v1/api-keys/${key.id}`, as: key.key },
        { method: 'GET', path: '/nowhere', as: key.key },
        { method: 'POST', path: '/v1/api-keys', as: token, body: { name: 'made under load', scopes: [] } },
      ],
      clients,
    );

  const works = async (): Promise<boolean> => (await app.get(`/v1/api-keys/${key.id}`, { as: key.key })).status === 200;

  async function untilItWorks(): Promise<number> {
    const startedAt = performance.now();
    while (!(await works())) await sleep(20);
    return performance.now() - startedAt;
  }

  async function expectRowsOf(answers: readonly SeenAnswer[]): Promise<void> {
    const deadline = performance.now() + 30_000;
    let missing: string[] = [];
    do {
      const rows = await app.service.callDatabase.query<Array<{ id: string; tail: string }>>('SELECT id, tail FROM keystile_call_logs');
      const ids = new Set(rows.map(({ id, tail }) => requestIdOf({ id: Number(id), tail: Number(tail) })));
      missing = answers.flatMap(({ requestId }) => (ids.has(requestId) ? [] : [requestId]));
      if (missing.length > 0) await sleep(50);
    } while (missing.length > 0 && performance.now() < deadline);
    expect(missing).toEqual([]);
  }

  const faults: ReadonlyArray<readonly [name: string, begin: () => unknown]> = [
    ['R03: refuses', () => proxy.refuse()],
    ['R03: resets', () => proxy.reset()],
    ['R04: is frozen', () => proxy.freeze()],
  ];

  it.each(faults)('%s: every call is answered in time and has its row, and service is back by itself', async (_name, begin) => {
    const load = aLoad();
    await sleep(300);
    await begin();
    await sleep(FAULT_MS);
    const [ready, live] = await Promise.all([app.get('/health/ready'), app.get('/health/live')]);
    expect([ready.status, live.status]).toEqual([503, 200]);
    // What nobody can know now is no 401, no 404 and nothing that is our fault.
    const during = await app.get(`/v1/api-keys/${key.id}`, { as: token });
    expect(during).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
    const endedAt = performance.now();
    await proxy.pass();
    await untilItWorks();
    const answers = await load.stop();
    expect(load.slowestMs).toBeLessThan(NOBODY_WAITS_LONGER_MS);
    const odd = answers.filter(({ status }) => ![200, 201, 404, 503].includes(status));
    expect(odd.map(({ status }) => status)).toEqual([]);
    expect(answers.some(({ status, at }) => status === 503 && at < endedAt)).toBe(true);
    await expectRowsOf(answers);
    expect((await app.get('/health/ready')).status).toBe(200);
  });

  it('R04: gives up what waits for a frozen server at once, and asks it nothing more', async () => {
    const before = proxy.connections;
    proxy.freeze();
    const answers = await Promise.all(Array.from({ length: 200 }, () => app.get(`/v1/api-keys/${key.id}`, { as: token })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    await Promise.all(Array.from({ length: 200 }, () => app.get(`/v1/api-keys/${key.id}`, { as: token })));
    // The pool's, those that wait to be let in, and one for each question whether it is there.
    expect(proxy.connections).toBeLessThanOrEqual(before + 40);
    await proxy.pass();
    await untilItWorks();
  });

  it('R05: serves on with a slow server', async () => {
    proxy.delay(100);
    // Changes of one organization follow one another, a dozen times there and back each.
    const load = aLoad(3);
    await sleep(2_000);
    const answers = await load.stop();
    await proxy.pass();
    expect(answers.filter(({ status }) => ![200, 201, 404].includes(status)).map(({ status }) => status)).toEqual([]);
    expect(answers.length).toBeGreaterThan(2);
    await untilItWorks();
    await expectRowsOf(answers);
  });

  it('M14: notices nothing when connections that nobody used were closed', async () => {
    for (let i = 0; i < 5; i++) {
      await Promise.all(Array.from({ length: 5 }, () => app.get('/v1/whoami', { as: key.key })));
      proxy.resetAll();
      expect((await app.get(`/v1/api-keys/${key.id}`, { as: key.key })).status).toBe(200);
    }
  });

  it('keeps no connection whose answer was given up', async () => {
    const runner = app.service.database.createQueryRunner();
    proxy.freeze();
    await expect(runner.query("SELECT 'late' AS word")).rejects.toMatchObject({ code: 'KEYSTILE_DATABASE_AWAY' });
    await proxy.pass();
    await untilItWorks();
    await runner.release();
    for (let i = 0; i < 12; i++) expect(await app.service.database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('a statement that takes long on a server that answers is not mistaken for one that does not', async () => {
    const slow = app.service.database.query('SELECT SLEEP(2) AS done');
    for (let i = 0; i < 10; i++) {
      expect(await works()).toBe(true);
      await sleep(100);
    }
    expect(await slow).toEqual([{ done: 0 }]);
  });

  it('a statement that takes too long ends, and nobody else notices', async () => {
    const endless = app.service.database.query('SELECT SLEEP(30)');
    await expect(endless).rejects.toMatchObject({ code: 'KEYSTILE_DATABASE_AWAY' });
    expect(await works()).toBe(true);
  }, 15_000);

  const create = (idempotencyKey: string, name: string): Promise<Answer> =>
    app.post('/v1/api-keys', { as: token, headers: { 'idempotency-key': idempotencyKey }, body: { name, scopes: [] } });
  const named = (name: string): Promise<number> => app.service.database.manager.countBy(ApiKey, { name });

  it('R21: says that nobody knows, where the answer to a commit was lost, and does not do it twice', async () => {
    const cut = proxy.cutAt('COMMIT', 'after', 'INSERT INTO `api_keys`');
    const lost = await create('cut-after', 'cut after the commit');
    await cut;
    expect(lost).toMatchObject({ status: 503, body: { code: 'unavailable', message: expect.stringContaining('outcome is unknown') } });
    await untilItWorks();
    expect(await create('cut-after', 'cut after the commit')).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
    expect(await named('cut after the commit')).toBe(1);
  });

  it.each(['INSERT INTO `api_keys`', 'INSERT INTO `keystile_audit_events`'])(
    'R21: what was cut at %s has not been done, and is done when it is repeated',
    async (statement) => {
      const cut = proxy.cutAt(statement, 'after');
      const name = `cut at ${statement}`;
      const lost = await create(name.replaceAll(/\W/g, '-'), name);
      await cut;
      expect(lost).toMatchObject({ status: 503, body: { code: 'unavailable', message: 'Service temporarily unavailable' } });
      await untilItWorks();
      expect((await create(name.replaceAll(/\W/g, '-'), name)).status).toBe(201);
      expect(await named(name)).toBe(1);
    },
  );

  it('R21: a request that came while the database was away can be repeated with its Idempotency-Key', async () => {
    const cut = proxy.cutAt('INSERT INTO `keystile_idempotency_records`', 'after').then(() => proxy.refuse());
    expect((await create('while-away', 'while it was away')).status).toBe(503);
    await cut;
    await proxy.pass();
    await untilItWorks();
    expect((await create('while-away', 'while it was away')).status).toBe(201);
    expect(await named('while it was away')).toBe(1);
  });

  it('R15: a rotation that was cut has happened whole or not at all', async () => {
    for (const [text, when] of [
      ['INSERT INTO `api_key_credentials`', 'after'],
      ['INSERT INTO `keystile_audit_events`', 'before'],
      ['COMMIT', 'before'],
      ['COMMIT', 'after'],
    ] as const) {
      const rotated = await app.issueKey({ scopes: [] });
      const cut = proxy.cutAt(text, when, 'INSERT INTO `api_key_credentials`');
      expect((await app.post(`/v1/api-keys/${rotated.id}/rotate`, { as: token })).status).toBe(503);
      await cut;
      await untilItWorks();
      const isOver = text === 'COMMIT' && when === 'after';
      expect((await app.get('/v1/whoami', { as: rotated.key })).status).toBe(isOver ? 401 : 200);
      const { body } = await app.get(`/v1/api-keys/${rotated.id}`, { as: token });
      expect(body.status).toBe('active');
      if (!isOver) expect((await app.post(`/v1/api-keys/${rotated.id}/rotate`, { as: token })).status).toBe(201);
    }
    expect((await app.get('/v1/audit-events/verify', { as: token })).body.valid).toBe(true);
  });
});
