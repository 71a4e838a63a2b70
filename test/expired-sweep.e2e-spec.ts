import { DataSource } from 'typeorm';

import { ExpiredSweep } from '../src/organizations/expired-sweep';
import { KeystileApp, type TestPerson } from '../src/testing';

describe('What expired long ago', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeEach(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });

  afterEach(() => app.stop());

  const sweep = (): Promise<number> => app.service.app.get(ExpiredSweep).run();
  const count = async (table: string): Promise<number> => {
    const [row] = await app.service.app.get(DataSource).query<[{ rows: unknown }]>(`SELECT COUNT(*) AS 'rows' FROM keystile_${table}`);
    return Number(row.rows);
  };

  it('is deleted: ended and expired sessions, used and unused links, old invitations', async () => {
    await app.post('/v1/auth/logout', { as: (await app.login(owner.email)).token });
    await app.post('/v1/auth/forgot-password', { body: { email: owner.email } });
    await app.post('/v1/invitations', { as: owner.token, body: { email: 'never@example.com', role: 'developer' } });
    await app.member('developer');
    expect([await count('sessions'), await count('invitations')]).toEqual([3, 2]);
    expect(await count('one_time_tokens')).toBeGreaterThan(0);

    app.clock.move({ days: 29 });
    expect(await sweep()).toBe(0);
    // Sessions live for 30 days, links for half an hour, invitations for a week.
    app.clock.move({ days: 2 });
    expect(await sweep()).toBeGreaterThan(0);
    expect([await count('sessions'), await count('one_time_tokens'), await count('invitations')]).toEqual([3, 0, 2]);
    app.clock.move({ days: 29, hours: 1 });
    await sweep();
    expect([await count('sessions'), await count('invitations')]).toEqual([0, 2]);
    app.clock.move({ days: 37 });
    await sweep();
    expect(await count('invitations')).toBe(0);
    await app.login(owner.email);
    expect(await count('sessions')).toBe(1);
  });

  it('is deleted a thousand at a time, whatever is alive stays', async () => {
    const database = app.service.app.get(DataSource);
    const [session] = await database.query<[Record<string, unknown>]>('SELECT * FROM keystile_sessions');
    const rows = Array.from({ length: 2_500 }, (_, i) => ({ ...session, id: `ses_old${i}`, expires_at: '2025-01-01 00:00:00.000' }));
    const columns = Object.keys(session);
    for (let from = 0; from < rows.length; from += 50) {
      const some = rows.slice(from, from + 50);
      const places = some.map(() => `(${columns.map(() => '?').join(',')})`).join(',');
      const values = some.flatMap((row) => columns.map((column) => (row as Record<string, unknown>)[column]));
      await database.query(`INSERT INTO keystile_sessions (${columns.join(',')}) VALUES ${places}`, values);
    }
    expect(await sweep()).toBe(2_500);
    expect(await count('sessions')).toBe(1);
    expect((await app.get('/v1/whoami', { as: owner.token })).status).toBe(200);
  });
});
