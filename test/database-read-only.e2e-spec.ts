import { Logger } from '@nestjs/common';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { requestIdOf } from '../src/audit/call-id';
import { KeystileApp, type TestKey } from '../src/testing';
import { OwnMariadb } from './support/own-mariadb';

const isPossible = OwnMariadb.isInstalled && Boolean(process.env['TEST_DATABASE_URL']);

(isPossible ? describe : describe.skip)(`a MariaDB server of its own${isPossible ? '' : ' (needs mariadbd and TEST_DATABASE_URL)'}`, () => {
  let server: OwnMariadb;
  let app: KeystileApp;
  let dataDir: string;
  let key: TestKey;
  let token: string;
  let userId: string;

  beforeAll(async () => {
    server = await OwnMariadb.start();
    dataDir = mkdtempSync(join(tmpdir(), 'keystile-read-only-'));
    app = await KeystileApp.start({ keep: { dataDir, databaseUrl: server.url } });
    key = await app.issueKey({ scopes: ['api_key.read'] });
    ({ token, userId } = await app.owner());
    for (const level of ['log', 'warn', 'error'] as const) jest.spyOn(Logger.prototype, level).mockImplementation();
  }, 60_000);

  afterAll(async () => {
    await app.stop({ disposeData: false });
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const create = async (): Promise<number> => (await app.post('/v1/api-keys', { as: token, body: { name: 'one', scopes: [] } })).status;

  const readsInTrail = async (): Promise<unknown[]> => {
    const rows = await app.service.database.query<Array<{ after: string }>>(
      "SELECT after_state AS after FROM keystile_audit_events WHERE action = 'call_log.read' ORDER BY sequence",
    );
    return rows.map(({ after }) => JSON.parse(after) as unknown);
  };

  async function expectRowsOf(requestIds: readonly unknown[]): Promise<void> {
    for (const deadline = performance.now() + 20_000; ; await sleep(50)) {
      const rows = await app.service.callDatabase.query<Array<{ id: string; tail: string }>>('SELECT id, tail FROM keystile_call_logs');
      const ids = new Set<unknown>(rows.map(({ id, tail }) => requestIdOf({ id: Number(id), tail: Number(tail) })));
      const missing = requestIds.filter((id) => !ids.has(id));
      if (missing.length === 0 || performance.now() > deadline) return expect(missing).toEqual([]);
    }
  }

  it('R06: that takes no writes verifies keys, refuses changes, and gets every row once it does', async () => {
    const { body: log } = await app.get('/v1/call-logs?limit=1&status=201', { as: token });
    await server.administer('SET GLOBAL read_only = 1');
    const requestIds: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      const verified = await app.get('/v1/whoami', { as: key.key });
      const refused = await app.post('/v1/api-keys', { as: token, body: { name: 'one', scopes: [] } });
      expect([verified.status, refused.status, refused.body.code]).toEqual([200, 503, 'unavailable']);
      requestIds.push(verified.headers['x-request-id'], refused.headers['x-request-id']);
    }
    // What was stored before can be read; who asks about now would miss what waits to be stored.
    const earlier = await app.get(`/v1/call-logs?to=${log.data[0].at}`, { as: token });
    const one = await app.get(`/v1/call-logs/${log.data[0].requestId}`, { as: token });
    const usage = await app.get(`/v1/usage?to=${log.data[0].at}`, { as: token });
    const now = await app.get('/v1/call-logs', { as: token });
    expect([earlier.status, one.status, usage.status, now.status]).toEqual([200, 200, 200, 503]);
    const line = `It cannot be written now, and is not in the audit trail, that user ${userId} read call_logs`;
    expect((Logger.prototype.warn as jest.Mock).mock.calls.filter(([said]) => said === line)).toHaveLength(2);
    await server.administer('SET GLOBAL read_only = 0');
    expect(await create()).toBe(201);
    await expectRowsOf(requestIds);
    // That they were read is in the trail with the next such read.
    expect(await readsInTrail()).toEqual([{ calls: 'list', filter: { status: 201 }, first: {} }]);
    await app.get(`/v1/call-logs/${log.data[0].requestId}`, { as: token });
    expect(await readsInTrail()).toHaveLength(2);
  });

  it('R06: the same for a process that starts meanwhile', async () => {
    const reader = await app.issueKey({ scopes: ['call_log.read'] });
    await server.administer('SET GLOBAL read_only = 1');
    const other = mkdtempSync(join(tmpdir(), 'keystile-read-only-'));
    // The secrets, which replicas have in common.
    cpSync(dataDir, other, { recursive: true, filter: (path) => !path.includes('journal') });
    const started = await KeystileApp.start({
      keep: { dataDir: other, databaseUrl: server.url },
      env: { REPLICA_ID: 'there' },
    });
    try {
      const verified = await started.get('/v1/whoami', { as: reader.key });
      const now = await started.get('/v1/call-logs', { as: reader.key });
      expect([verified.status, now.status, now.body.code]).toEqual([200, 503, 'unavailable']);
      await server.administer('SET GLOBAL read_only = 0');
      await expectRowsOf([verified.headers['x-request-id'], now.headers['x-request-id']]);
    } finally {
      await server.administer('SET GLOBAL read_only = 0');
      await started.stop({ disposeData: false });
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('R06: the same where the rights to write are taken away', async () => {
    await server.administer("REVOKE INSERT, UPDATE, DELETE ON keystile.* FROM keystile@'127.0.0.1'");
    // Rights of a database hold from the next connection on, or the next USE.
    await server.administer(...(await connectionsOf(server)));
    const verified = await app.get('/v1/whoami', { as: key.key });
    expect([verified.status, await create()]).toEqual([200, 503]);
    await server.administer("GRANT ALL ON keystile.* TO keystile@'127.0.0.1'", ...(await connectionsOf(server)));
    for (const deadline = performance.now() + 5_000; performance.now() < deadline && (await create()) !== 201;) await sleep(50);
    expect(await create()).toBe(201);
    await expectRowsOf([verified.headers['x-request-id']]);
  });

  it('R04: that is stopped as a process is found out, and found again', async () => {
    server.freeze();
    const answers = await Promise.all(Array.from({ length: 30 }, () => app.get(`/v1/api-keys/${key.id}`, { as: token })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect((await app.get('/health/ready')).status).toBe(503);
    server.thaw();
    for (const deadline = performance.now() + 5_000; performance.now() < deadline && (await create()) !== 201;) await sleep(50);
    expect(await create()).toBe(201);
    await expectRowsOf(answers.map(({ headers }) => headers['x-request-id']));
  });
});

const connectionsOf = (server: OwnMariadb): Promise<string[]> =>
  server.connections('keystile').then((ids) => ids.map((id) => `KILL ${id}`));
