import { type Answer, KeystileApp, type TestPerson } from '../src/testing';

const PASSWORD = 'correct horse battery staple';
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** What a browser would send back. */
const cookieHeader = ({ cookies }: Answer): string => cookies.map((cookie) => cookie.split(';')[0]).join('; ');

describe('a session', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  beforeEach(() => app.clock.move({ minutes: 2 }));
  afterAll(() => app.stop());

  const login = (body: object = {}) => app.post('/v1/auth/login', { body: { email: owner.email, password: PASSWORD, ...body } });
  const refresh = (refreshToken: string) => app.post('/v1/auth/refresh', { body: { refreshToken } });
  const whoami = (as: string) => app.get('/v1/whoami', { as });
  const signIn = async (): Promise<{ accessToken: string; refreshToken: string }> => (await login({ transport: 'bearer' })).body as never;
  const events = async (action: string): Promise<Array<Record<string, unknown>>> =>
    app.service.database.query('SELECT * FROM keystile_audit_events WHERE action = ? ORDER BY at, sequence', [action]);

  describe('begins with a login', () => {
    it('T34 in cookies that no script can read', async () => {
      const answer = await login();
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.body).toEqual({
        user: { id: owner.userId, email: owner.email, name: 'Olivia Owner', operator: true },
        organizationId: owner.organizationId,
        expiresIn: 900,
      });
      expect(answer.cookies).toEqual([
        expect.stringMatching(/^keystile_session=eyJ[\w.-]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/),
        expect.stringMatching(/^keystile_refresh=ksr_\w+[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
      ]);
      expect((await app.get('/v1/whoami', { headers: { cookie: cookieHeader(answer) } })).body).toMatchObject({
        id: owner.userId,
        expiresAt: new Date(app.clock.now().getTime() + 900_000).toISOString(),
      });
    });

    it('by an address in any case', async () => {
      expect((await login({ email: owner.email.toUpperCase() })).status).toBe(200);
    });

    it('and not with a wrong password or an unknown address, which get the same answer and leave an event', async () => {
      const answers = [
        await login({ password: `${PASSWORD} ` }),
        await login({ password: PASSWORD.toUpperCase() }),
        await login({ email: 'nobody@example.com' }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(401);
        expect({ ...answer.body, requestId: '' }).toEqual({ ...answers[0]!.body, requestId: '' });
        expect(answer.body.code).toBe('login_failed');
        expect(answer.cookies).toEqual([]);
      }
      const failed = await events('user.login_failed');
      expect(failed.slice(-3).map(({ organization_id, target_id }) => [organization_id, target_id])).toEqual([
        ['installation', owner.userId],
        ['installation', owner.userId],
        ['installation', null],
      ]);
      const [{ fields }] = await app.service.database.query('SELECT fields FROM keystile_audit_personal WHERE event_id = ?', [
        failed.at(-1)!['id'],
      ]);
      expect(JSON.parse(fields as string)).toMatchObject({ email: 'nobody@example.com', ip: '127.0.0.1' });
    });

    it('A11.3 and not with anything but text', async () => {
      for (const wrong of [{ $ne: 1 }, ['x'], [owner.email], 1, 0, true, null, '', {}]) {
        expect((await login({ password: wrong })).status).toBe(400);
        expect((await login({ email: wrong })).status).toBe(400);
      }
      expect((await login({ email: `${owner.email} ` })).status).toBe(400);
      expect((await login({ organizationId: 'undefined' })).status).toBe(400);
    });

    it('and not in an organization of others', async () => {
      const stranger = await app.otherOrganization();
      const answer = await login({ email: stranger.email, organizationId: owner.organizationId });
      expect(answer.status).toBe(404);
    });

    it('A14 as often as is good for the account, while whoever guesses elsewhere keeps nobody out', async () => {
      const attempt = (from: string) => app.post('/v1/auth/login', { from, body: { email: owner.email, password: 'a guess' } });
      const statuses: number[] = [];
      for (let i = 0; i < 10; i++) statuses.push((await attempt('127.0.0.10')).status);
      expect(statuses).toEqual(Array(10).fill(401));
      const refused = await attempt('127.0.0.10');
      expect(refused.status).toBe(429);
      expect(refused.body.code).toBe('rate_limited');
      expect((await login()).status).toBe(200);
      app.clock.move({ seconds: Number(refused.headers['retry-after']) });
      expect((await attempt('127.0.0.10')).status).toBe(401);
    });

    it('A14 60 times a minute for one account, however many addresses the tries come from', async () => {
      const attempt = (i: number) =>
        app.post('/v1/auth/login', { from: `127.0.1.${i + 1}`, body: { email: 'tried@example.com', password: 'a guess' } });
      const statuses: number[] = [];
      for (let i = 0; i < 61; i++) statuses.push((await attempt(i)).status);
      expect(statuses).toEqual([...Array<number>(60).fill(401), 429]);
    });

    it('A14 as often as is good for an address, whomever it tries', async () => {
      const attempt = (i: number) =>
        app.post('/v1/auth/login', { from: '127.0.0.99', body: { email: `victim-${i}@example.com`, password: 'a guess' } });
      const statuses: number[] = [];
      for (let i = 0; i < 21; i++) statuses.push((await attempt(i)).status);
      expect(statuses).toEqual([...Array<number>(20).fill(401), 429]);
      expect((await login()).status).toBe(200);
    });
  });

  describe('is kept alive by its refresh token', () => {
    it('which is good once and returns its successor', async () => {
      let { refreshToken } = await signIn();
      const seen = new Set([refreshToken]);
      for (let i = 0; i < 3; i++) {
        app.clock.move({ days: 20 });
        const answer = await refresh(refreshToken);
        expect(answer.status).toBe(200);
        expect((await whoami(answer.body.accessToken as string)).status).toBe(200);
        refreshToken = answer.body.refreshToken as string;
        seen.add(refreshToken);
      }
      expect(seen.size).toBe(4);
    });

    it('for thirty days after the last use, and not longer', async () => {
      const { refreshToken } = await signIn();
      app.clock.move({ days: 30 });
      expect((await refresh(refreshToken)).body.code).toBe('invalid_token');
    });

    it('so that two tabs at once get the same successor', async () => {
      const { refreshToken } = await signIn();
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(new Set(answers.map(({ body }) => body.refreshToken as string)).size).toBe(1);
      app.clock.move({ seconds: 10 });
      expect((await refresh(refreshToken)).body.refreshToken).toBe(answers[0]!.body.refreshToken);
      const [{ generation }] = await app.service.database.query('SELECT generation FROM keystile_sessions ORDER BY id DESC LIMIT 1');
      expect(Number(generation)).toBe(1);
    });

    it('A20.7 and ends with everything of it when an old one is used again', async () => {
      const { refreshToken: stolen } = await signIn();
      const { body: second } = await refresh(stolen);
      app.clock.move({ seconds: 11 });
      const before = (await events('session.reuse_detected')).length;
      const reuse = await refresh(stolen);
      expect(reuse.status).toBe(401);
      expect(reuse.body.code).toBe('invalid_token');
      expect((await refresh(second.refreshToken as string)).status).toBe(401);
      expect((await whoami(second.accessToken as string)).body.code).toBe('invalid_token');
      await refresh(stolen);
      const reuses = await events('session.reuse_detected');
      expect(reuses.slice(before).map(({ organization_id }) => organization_id)).toEqual([owner.organizationId]);
      const [{ end_reason }] = await app.service.database.query('SELECT end_reason FROM keystile_sessions WHERE id = ?', [
        reuses.at(-1)!['target_id'],
      ]);
      expect(end_reason).toBe('refresh_reuse');
    });

    it('and is not touched by a forged one', async () => {
      const { refreshToken, accessToken } = await signIn();
      await refresh(refreshToken);
      app.clock.move({ seconds: 60 });
      const [, session, , mac = ''] = /^(ksr_[^_]+)_(\d+)_(.*)$/.exec(refreshToken)!;
      for (const forged of [`${session}_5_${mac}`, `${session}_0_${'A'.repeat(43)}`, `${session}_0_`, 'ksr_', 'x']) {
        expect((await refresh(forged)).status).toBe(401);
      }
      expect((await whoami(accessToken)).status).toBe(200);
    });

    it('A13.1 which a browser sends along, but only pages of our own may use', async () => {
      const browser = { cookie: cookieHeader(await login()) };
      const { host } = new URL(app.url);
      const elsewhere: Array<Record<string, string>> = [
        {},
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: `http://${host}.evil.example` },
        { origin: 'http://127.0.0.1:1' },
        { origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { referer: `http://${host}/` },
      ];
      for (const headers of elsewhere) {
        const answer = await app.post('/v1/auth/refresh', { headers: { ...browser, ...headers }, body: {} });
        expect([answer.status, answer.body.code]).toEqual([403, 'csrf_rejected']);
        expect(answer.cookies).toEqual([]);
      }
      const renewed = await app.post('/v1/auth/refresh', { headers: { ...browser, ...SAME_ORIGIN }, body: {} });
      expect(renewed.status).toBe(200);
      expect(renewed.cookies).toHaveLength(2);
      const older = await app.post('/v1/auth/refresh', { headers: { cookie: cookieHeader(renewed), origin: `http://${host}` } });
      expect(older.status).toBe(200);
      expect((await app.post('/v1/auth/refresh', { body: {} })).body.code).toBe('missing_credentials');
    });
  });

  describe('ends', () => {
    it('for its access tokens after a quarter of an hour', async () => {
      const { accessToken } = await signIn();
      app.clock.move({ minutes: 15, seconds: 6 });
      expect((await whoami(accessToken)).body.code).toBe('token_expired');
    });

    it('A13.3 with a logout, at once and for its refresh token too', async () => {
      const answer = await login();
      const headers = { cookie: cookieHeader(answer) };
      expect((await app.post('/v1/auth/logout', { headers })).body.code).toBe('csrf_rejected');
      const out = await app.post('/v1/auth/logout', { headers: { ...headers, ...SAME_ORIGIN } });
      expect(out.status).toBe(204);
      expect(out.cookies.every((cookie) => /=; Max-Age=0; Path=\/; HttpOnly/.test(cookie))).toBe(true);
      expect(out.cookies).toHaveLength(2);
      expect((await app.get('/v1/whoami', { headers })).status).toBe(401);
      expect((await app.post('/v1/auth/refresh', { headers: { ...headers, ...SAME_ORIGIN } })).status).toBe(401);
      const ended = (await events('session.ended')).at(-1)!;
      expect(ended).toMatchObject({ organization_id: owner.organizationId, actor_type: 'user', actor_id: owner.userId });
    });

    it('alone: the other sessions of the person go on', async () => {
      const [one, other] = [await signIn(), await signIn()];
      await app.post('/v1/auth/logout', { as: one.accessToken });
      expect((await whoami(other.accessToken)).status).toBe(200);
    });

    it('from the list of one’s own sessions, and nobody else’s', async () => {
      const person = await app.member('developer');
      const other = await app.login(person.email);
      const { body: list } = await app.get('/v1/users/me/sessions', { as: person.token });
      expect(list.data).toHaveLength(2);
      expect(list.data.map(({ current }: { current: boolean }) => current)).toEqual([false, true]);
      expect(Object.keys(list.data[0] as object).toSorted()).toEqual(
        ['createdAt', 'current', 'expiresAt', 'id', 'ip', 'lastUsedAt', 'organizationId', 'userAgent'].toSorted(),
      );
      const path = `/v1/users/me/sessions/${list.data[0].id as string}`;
      expect((await app.delete(path, { as: (await signIn()).accessToken })).status).toBe(404);
      expect((await whoami(other.token)).status).toBe(200);
      expect((await app.delete(path, { as: person.token })).status).toBe(204);
      expect((await whoami(other.token)).status).toBe(401);
      expect((await app.delete(path, { as: person.token })).status).toBe(404);
    });

    it('A10.3 in a list with pages of one', async () => {
      const person = await app.member('developer');
      for (let i = 0; i < 3; i++) {
        app.clock.move({ seconds: 1 });
        await app.login(person.email);
      }
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const { body }: Answer = await app.get(`/v1/users/me/sessions?limit=1${cursor ? `&cursor=${cursor}` : ''}`, { as: person.token });
        seen.push(...body.data.map(({ id }: { id: string }) => id));
        cursor = body.nextCursor as string | null;
        expect(body.hasMore).toBe(cursor !== null);
      } while (cursor);
      expect(seen).toHaveLength(4);
      expect(seen).toEqual(seen.toSorted().toReversed());
    });
  });

  describe('in another organization', () => {
    it('is begun by switching, and goes on beside the first one', async () => {
      const elsewhere = await app.otherOrganization();
      const { accessToken } = await signIn();
      const switched = await app.post('/v1/auth/switch-organization', {
        as: accessToken,
        body: { organizationId: elsewhere.organizationId, transport: 'bearer' },
      });
      expect(switched.status).toBe(200);
      expect((await whoami(switched.body.accessToken as string)).body.organizationId).toBe(elsewhere.organizationId);
      expect((await whoami(accessToken)).body.organizationId).toBe(owner.organizationId);
    });

    it('takes the place of this one in a browser', async () => {
      const elsewhere = await app.otherOrganization();
      const before = cookieHeader(await login());
      const switched = await app.post('/v1/auth/switch-organization', {
        headers: { cookie: before, ...SAME_ORIGIN },
        body: { organizationId: elsewhere.organizationId },
      });
      expect(switched.body.organizationId).toBe(elsewhere.organizationId);
      expect((await app.get('/v1/whoami', { headers: { cookie: before } })).status).toBe(401);
      expect((await app.get('/v1/whoami', { headers: { cookie: cookieHeader(switched) } })).body.organizationId).toBe(
        elsewhere.organizationId,
      );
    });

    it('is not begun where the person has no place', async () => {
      const member = await app.member('admin');
      const elsewhere = await app.otherOrganization();
      for (const organizationId of [elsewhere.organizationId, `org_${'0'.repeat(26)}`]) {
        const answer = await app.post('/v1/auth/switch-organization', { as: member.token, body: { organizationId } });
        expect(answer.status).toBe(404);
      }
    });
  });

  it('is for people: a key has none to end', async () => {
    const { key } = await app.issueKey({ scopes: ['*'] });
    for (const [method, path] of [
      ['POST', '/v1/auth/logout'],
      ['GET', '/v1/users/me'],
      ['GET', '/v1/users/me/sessions'],
      ['POST', '/v1/users/me/password'],
      ['DELETE', '/v1/users/me'],
    ] as const) {
      expect((await app.call(method, path, { as: key })).status).toBe(403);
    }
  });
});

describe('behind https', () => {
  it('A13.3 cookies are Secure and bound to the host', async () => {
    const app = await KeystileApp.start({ env: { PUBLIC_URL: 'https://keys.example.com' } });
    try {
      const { email, password } = await app.owner();
      const answer = await app.post('/v1/auth/login', { body: { email, password } });
      expect(answer.cookies).toHaveLength(2);
      for (const cookie of answer.cookies) {
        expect(cookie).toMatch(/^__Host-keystile_(session|refresh)=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
      }
      expect((await app.get('/v1/whoami', { headers: { cookie: cookieHeader(answer) } })).status).toBe(200);
      const plain = cookieHeader(answer).replaceAll('__Host-', '');
      expect((await app.get('/v1/whoami', { headers: { cookie: plain } })).status).toBe(401);
    } finally {
      await app.stop();
    }
  });
});
