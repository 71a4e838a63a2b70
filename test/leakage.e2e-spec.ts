import type { DataSource } from 'typeorm';

import { KeystileApp } from '../src/testing';

/** Every value of every table, as one text. */
async function dump(database: DataSource): Promise<string> {
  const isSqlite = database.options.type === 'better-sqlite3';
  const tables = (await database.query(
    isSqlite
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  )) as Array<{ name: string }>;
  const rows = await Promise.all(tables.map(async ({ name }) => [name, await database.query(`SELECT * FROM ${name}`)]));
  return JSON.stringify(rows);
}

describe('secrets', () => {
  it('A18.2 A18.9 stand in no table, no line of output and no later answer', async () => {
    const printed: string[] = [];
    const capture = (write: NodeJS.WriteStream['write']) =>
      function capturing(this: NodeJS.WriteStream, chunk: unknown, ...rest: never[]) {
        printed.push(String(chunk));
        return write.call(this, chunk as string, ...rest);
      } as NodeJS.WriteStream['write'];
    const { stdout, stderr } = process;
    const originals = [stdout.write, stderr.write] as const;
    stdout.write = capture(stdout.write);
    stderr.write = capture(stderr.write);
    const app = await KeystileApp.start({ env: { LOG_LEVEL: 'debug', FAILED_AUTH_LIMIT: '1000' } });
    try {
      const secrets: string[] = [];
      const owner = await app.owner();
      secrets.push(owner.token, owner.refreshToken, owner.password);
      const created = await app.issueKey({ scopes: ['*'], name: 'leaky' });
      const rotated = await app.post(`/v1/api-keys/${created.id}/rotate`, { as: owner.token, body: { overlapSeconds: 60 } });
      secrets.push(created.key, rotated.body.key as string);
      const repeat = { as: owner.token, headers: { 'idempotency-key': 'once' }, body: { name: 'idempotent', scopes: [] } };
      const idempotent = await app.post('/v1/api-keys', repeat);
      expect((await app.post('/v1/api-keys', repeat)).body.key).toBe(idempotent.body.key);
      secrets.push(idempotent.body.key as string);
      const invited = await app.post('/v1/invitations', { as: owner.token, body: { email: 'new@example.com', role: 'developer' } });
      secrets.push(invited.body.token as string);
      const refreshed = await app.post('/v1/auth/refresh', { body: { refreshToken: owner.refreshToken } });
      secrets.push(refreshed.body.accessToken as string, refreshed.body.refreshToken as string);
      const { key } = created;
      // Everywhere a careless caller could put it.
      await app.get(`/v1/whoami?key=${key}`);
      await app.get(`/nowhere/${key}`);
      await app.get('/v1/whoami', { as: key, headers: { 'user-agent': key, referer: `https://x.example/?k=${key}`, 'x-request-id': key } });
      await app.get('/v1/whoami', { as: key.slice(0, -1) });
      await app.post('/v1/api-keys', { as: owner.token, headers: { 'content-type': 'application/json' }, body: `{"name":"${key}` });
      await app.post('/v1/api-keys/verify', { as: owner.token, body: { key, wrong: key } });
      await app.post('/v1/api-keys/verify', { as: owner.token, body: { key } });
      await app.post('/v1/auth/login', { body: { email: 'owner@example.com', password: `${owner.password}x` } });
      for (const filter of [`path=/x/${key}`, `path=/x/${key.replaceAll('_', '%255F')}`, `route=/${key}`, `code=${key.slice(0, 40)}`]) {
        await app.get(`/v1/call-logs?${filter}`, { as: refreshed.body.accessToken as string });
        await app.get(`/v1/call-logs/export?${filter}`, { as: refreshed.body.accessToken as string });
        await app.get(`/v1/audit-events?action=${key}&${filter}`, { as: refreshed.body.accessToken as string });
      }
      await app.post(`/v1/api-keys/${created.id}/revoke`, { as: refreshed.body.accessToken as string, body: {} });

      const as = refreshed.body.accessToken as string;
      const answers = await Promise.all(
        [
          '/v1/api-keys',
          `/v1/api-keys/${created.id}`,
          '/v1/call-logs?limit=100',
          '/v1/audit-events?limit=100',
          '/metrics',
          '/v1/usage',
        ].map((path) => app.get(path, { as })),
      );
      const everything = [
        await dump(app.service.database),
        app.service.callDatabase === app.service.database ? '' : await dump(app.service.callDatabase),
        ...answers.map(({ text }) => text),
        printed.join(''),
      ].join('\n');
      expect(everything).toContain(created.prefix);
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(11);
        expect(everything.includes(secret)).toBe(false);
        expect(everything.includes(secret.slice(-20))).toBe(false);
      }
    } finally {
      [stdout.write, stderr.write] = originals;
      await app.stop();
    }
  });
});
