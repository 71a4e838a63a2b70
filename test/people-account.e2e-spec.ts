import { Logger } from '@nestjs/common';

import { SetupService } from '../src/organizations';
import { KeystileApp, type TestPerson } from '../src/testing';
import { MailSink } from './support/mail-sink';

const PASSWORD = 'correct horse battery staple';
const NEW_PASSWORD = 'a wholly different phrase';

describe('one’s own account', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
  });
  beforeEach(async () => {
    app.clock.move({ minutes: 1 });
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const login = (email: string, password: string) => app.post('/v1/auth/login', { body: { email, password, transport: 'bearer' } });

  it('shows who one is, and takes another name', async () => {
    const person = await app.member('developer');
    const shown = await app.get('/v1/users/me', { as: person.token });
    expect(shown.headers.etag).toBe('"v1"');
    expect(shown.body).toEqual({
      id: person.userId,
      email: person.email,
      name: 'developer',
      operator: false,
      createdAt: app.clock.now().toISOString(),
    });
    const headers = { 'if-match': '"v1"' };
    const renamed = await app.patch('/v1/users/me', { as: person.token, headers, body: { name: 'Dana Développeuse' } });
    expect(renamed.body.name).toBe('Dana Développeuse');
    expect((await app.patch('/v1/users/me', { as: person.token, headers, body: { name: 'x' } })).status).toBe(412);
  });

  it.each([
    { email: 'x@example.com' },
    { operator: true },
    { passwordHash: 'x' },
    { id: 'usr_x' },
    { name: null },
    { name: '\u0000' },
    { name: 5 },
  ])('A09.1 is not changed by %j', async (body) => {
    const before = (await app.get('/v1/users/me', { as: owner.token })).text;
    expect((await app.patch('/v1/users/me', { as: owner.token, body })).status).toBe(400);
    expect((await app.get('/v1/users/me', { as: owner.token })).text).toBe(before);
  });

  describe('has a password', () => {
    it('that is changed by whoever knows it, and every other session ends', async () => {
      const person = await app.member('developer');
      const elsewhere = await app.login(person.email);
      const change = (currentPassword: unknown, newPassword: unknown) =>
        app.post('/v1/users/me/password', { as: person.token, body: { currentPassword, newPassword } });
      const wrong = await change('not the password', NEW_PASSWORD);
      expect([wrong.status, wrong.body.errors]).toEqual([400, [{ pointer: '/currentPassword', message: 'is not your password' }]]);
      expect((await change(PASSWORD, 'too short')).status).toBe(400);
      expect((await change(PASSWORD, 'x'.repeat(201))).status).toBe(400);
      expect((await change(PASSWORD, NEW_PASSWORD)).status).toBe(204);
      expect((await app.get('/v1/whoami', { as: person.token })).status).toBe(200);
      expect((await app.get('/v1/whoami', { as: elsewhere.token })).status).toBe(401);
      expect((await app.post('/v1/auth/refresh', { body: { refreshToken: elsewhere.refreshToken } })).status).toBe(401);
      expect((await login(person.email, PASSWORD)).status).toBe(401);
      expect((await login(person.email, NEW_PASSWORD)).status).toBe(200);
    });

    it('A17 that is changed once, of five at the same moment', async () => {
      const person = await app.member('developer');
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, i) =>
          app.post('/v1/users/me/password', { as: person.token, body: { currentPassword: PASSWORD, newPassword: `${NEW_PASSWORD} ${i}` } }),
        ),
      );
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(({ status }) => status !== 204 && status !== 400 && status !== 409)).toEqual([]);
    });

    it('A14 that cannot be guessed with a stolen session either', async () => {
      const person = await app.member('developer');
      const body = { currentPassword: 'a guess', newPassword: NEW_PASSWORD };
      const statuses: number[] = [];
      for (let i = 0; i < 11; i++) statuses.push((await app.post('/v1/users/me/password', { as: person.token, body })).status);
      expect(statuses).toEqual([...Array<number>(10).fill(400), 429]);
    });

    it('A18.9 that stands nowhere', async () => {
      const rows = await app.service.database.query('SELECT * FROM keystile_users');
      expect(JSON.stringify(rows)).not.toContain(PASSWORD);
      expect((rows as Array<{ password_hash: string }>)[0]!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    });
  });

  describe('is deleted', () => {
    const remove = (person: TestPerson, password: unknown = PASSWORD) =>
      app.delete('/v1/users/me', { as: person.token, body: { password } });

    it('with its keys, whatever they say, its sessions, places and personal fields', async () => {
      const person = await app.member('admin', { email: 'forget.me@example.com' });
      const second = await app.otherOrganization();
      const { body: invitation } = await app.post('/v1/invitations', {
        as: second.token,
        body: { email: person.email, role: 'developer' },
      });
      const joined = await app.post('/v1/invitations/accept', {
        body: { token: invitation.token, password: PASSWORD, transport: 'bearer' },
      });
      const there = joined.body.accessToken as string;
      const keys = [
        await app.issueKey({ scopes: ['api_key.read'] }, person),
        await app.issueKey({ scopes: ['api_key.read'], onOwnerRemoved: 'transfer' }, person),
        await app.issueKey({ scopes: ['api_key.read'] }, { ...person, token: there }),
      ];
      expect((await remove(person, 'not the password')).body.errors).toEqual([{ pointer: '/password', message: 'is not your password' }]);
      expect((await app.get('/v1/whoami', { as: person.token })).status).toBe(200);
      const gone = await remove(person);
      expect(gone.status).toBe(204);
      expect(gone.cookies).toHaveLength(2);
      for (const as of [person.token, there]) expect((await app.get('/v1/whoami', { as })).body.code).toBe('invalid_token');
      for (const { key } of keys) expect((await app.get('/v1/whoami', { as: key })).body.code).toBe('api_key_revoked');
      expect((await login(person.email, PASSWORD)).body.code).toBe('login_failed');
      const [row] = await app.service.database.query('SELECT * FROM keystile_users WHERE id = ?', [person.userId]);
      expect(row).toMatchObject({ email: null, email_folded: null, name: '', password_hash: '' });
      expect((await app.get(`/v1/members/${person.userId}`, { as: owner.token })).status).toBe(404);
      const chains = await app.service.database.query(
        "SELECT organization_id FROM keystile_audit_events WHERE action = 'user.deleted' AND target_id = ?",
        [person.userId],
      );
      expect((chains as Array<{ organization_id: string }>).map((chain) => chain.organization_id).toSorted()).toEqual(
        [owner.organizationId, second.organizationId].toSorted(),
      );
      expect((await app.member('auditor', { email: person.email })).userId).not.toBe(person.userId);
    });

    it('not by the person who runs the installation', async () => {
      await app.member('owner');
      expect((await remove(owner)).body).toMatchObject({ code: 'conflict' });
    });

    it('A17 once, though asked twice at the same moment', async () => {
      const person = await app.member('developer');
      const answers = await Promise.all([remove(person), remove(person)]);
      const statuses = answers.map(({ status }) => status).toSorted();
      expect(statuses[0]).toBe(204);
      expect(statuses[1]).toBeGreaterThanOrEqual(400);
      expect(statuses[1]).toBeLessThan(500);
    });
  });

  it('leaves nothing to find for the forgetful where there is no mail server', async () => {
    const answer = await app.post('/v1/auth/forgot-password', { body: { email: owner.email } });
    expect([answer.status, answer.text]).toEqual([200, '{}']);
    const [{ tokens }] = await app.service.database.query(
      "SELECT COUNT(*) AS tokens FROM keystile_one_time_tokens WHERE purpose = 'password_reset'",
    );
    expect(Number(tokens)).toBe(0);
  });

  it('is opened again from the command line', async () => {
    const person = await app.member('developer');
    const setup = app.service.app.get(SetupService);
    expect(await setup.mintResetLink('nobody@example.com')).toBeNull();
    const link = await setup.mintResetLink(person.email.toUpperCase());
    expect(link).toMatch(/\/api-management\/reset-password#kso_/);
    const reset = await app.post('/v1/auth/reset-password', { body: { token: link!.split('#')[1], password: NEW_PASSWORD } });
    expect([reset.status, reset.text]).toEqual([200, '{}']);
    expect((await login(person.email, NEW_PASSWORD)).status).toBe(200);
  });
});

describe('with a mail server', () => {
  let app: KeystileApp;
  let mails: MailSink;
  let owner: TestPerson;
  beforeAll(async () => {
    mails = await MailSink.start();
    app = await KeystileApp.start({ env: { SMTP_URL: mails.url, MAIL_FROM: 'Keystile <keys@example.com>' } });
  });
  beforeEach(async () => {
    app.clock.move({ minutes: 15 });
    owner = await app.owner();
  });
  afterAll(async () => {
    await app.stop();
    await mails.stop();
  });

  const forgot = (email: string) => app.post('/v1/auth/forgot-password', { body: { email } });
  const reset = (token: string, password = NEW_PASSWORD) => app.post('/v1/auth/reset-password', { body: { token, password } });
  let read = 0;
  const nextMail = async (): Promise<{ to: readonly string[]; token: string }> => {
    await mails.received(++read);
    const { to, source } = mails.mails[read - 1]!;
    const [token = ''] = /kso_[A-Za-z0-9_-]{43}/.exec(source.replaceAll('=\r\n', '').replaceAll('=3D', '=')) ?? [];
    return { to, token };
  };

  it('somebody who forgot the password gets a link that works once and ends every session', async () => {
    const person = await app.member('developer');
    await nextMail();
    const [known, unknown] = [await forgot(person.email.toUpperCase()), await forgot('nobody@example.com')];
    expect([known.status, known.text]).toEqual([200, '{}']);
    expect([unknown.status, unknown.text]).toEqual([200, '{}']);
    const { to, token } = await nextMail();
    expect(to).toEqual([person.email]);
    expect((await reset(token, 'too short')).status).toBe(400);
    const answers = await Promise.all(Array.from({ length: 5 }, () => reset(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'token_used_or_expired')).toHaveLength(4);
    expect((await app.get('/v1/whoami', { as: person.token })).status).toBe(401);
    expect((await app.post('/v1/auth/refresh', { body: { refreshToken: person.refreshToken } })).status).toBe(401);
    expect((await app.login(person.email, NEW_PASSWORD)).userId).toBe(person.userId);
    expect(mails.mails.some((mail) => mail.to.includes('nobody@example.com'))).toBe(false);
    const rows = await app.service.database.query('SELECT * FROM keystile_one_time_tokens');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('the link is void after half an hour, after another one was used, and after the password was changed', async () => {
    const person = await app.member('developer');
    await nextMail();
    await forgot(person.email);
    const { token: late } = await nextMail();
    app.clock.move({ minutes: 30 });
    expect((await reset(late)).body.code).toBe('token_used_or_expired');

    await forgot(person.email);
    const { token: first } = await nextMail();
    await forgot(person.email);
    const { token: second } = await nextMail();
    expect((await reset(second)).status).toBe(200);
    expect((await reset(first)).body.code).toBe('token_used_or_expired');

    app.clock.move({ minutes: 15 });
    await forgot(person.email);
    const { token: third } = await nextMail();
    const { token: session } = await app.login(person.email, NEW_PASSWORD);
    await app.post('/v1/users/me/password', { as: session, body: { currentPassword: NEW_PASSWORD, newPassword: PASSWORD } });
    expect((await reset(third)).body.code).toBe('token_used_or_expired');
  });

  it('a setup link resets no password, nor an invitation', async () => {
    const { body: invitation } = await app.post('/v1/invitations', { as: owner.token, body: { email: 'x@example.com', role: 'auditor' } });
    expect(invitation.mailed).toBe(true);
    const { to, token } = await nextMail();
    expect([to, token]).toEqual([['x@example.com'], invitation.token]);
    expect((await reset(token)).body.code).toBe('token_used_or_expired');
  });

  it('A14 nobody’s mailbox is flooded, and unknown addresses are counted alike', async () => {
    for (const email of [owner.email, 'nobody@example.com']) {
      const statuses: number[] = [];
      for (let i = 0; i < 4; i++) statuses.push((await forgot(email)).status);
      expect(statuses).toEqual([200, 200, 200, 429]);
    }
    for (let i = 0; i < 3; i++) expect((await nextMail()).to).toEqual([owner.email]);
  });

  it('a mail that cannot be sent is logged without its token, and the invitation stands', async () => {
    const logged: string[] = [];
    const keep = (message: unknown): void => void logged.push(String(message));
    const spies = [
      jest.spyOn(Logger.prototype, 'warn').mockImplementation(keep),
      jest.spyOn(Logger.prototype, 'error').mockImplementation(keep),
    ];
    mails.verdict = () => 550;
    try {
      const { body, status } = await app.post('/v1/invitations', { as: owner.token, body: { email: 'y@example.com', role: 'auditor' } });
      expect(status).toBe(201);
      await app.service.app.close();
      expect(mails.attempts).toBeGreaterThan(read);
      expect(logged).not.toEqual([]);
      expect(logged.join('\n')).not.toContain(body.token);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });
});
