import { ApiKey } from '../src/keys/api-key.entity';
import { NoticeJob } from '../src/notices';
import { KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { MailSink, type ReceivedMail } from './support/mail-sink';

const DAY_MS = 86_400_000;
const onServer = process.env['TEST_DATABASE_URL'] ? it : it.skip;

interface Event {
  readonly action: string;
  readonly actor: { readonly type: string; readonly id: string | null };
  readonly after: Record<string, unknown> | null;
  readonly personal: Record<string, unknown> | null;
  readonly requestId: string | null;
}

const runJob = (app: KeystileApp): Promise<number> => app.service.app.get(NoticeJob).runOnce();

const inDays = (app: KeystileApp, days: number): string => new Date(app.clock.now().getTime() + days * DAY_MS).toISOString();

/** What the trail says happened to a key of itself, the oldest first. A read of the key waits for the calls before it. */
async function events(app: KeystileApp, keyId: string, action = 'api_key.*', by?: TestPerson): Promise<Event[]> {
  const { token } = by ?? (await app.owner());
  await app.get(`/v1/api-keys/${keyId}`, { as: token });
  const answer = await app.get(`/v1/audit-events?targetId=${keyId}&action=${action}&limit=100`, { as: token });
  return (answer.body.data as Event[]).filter(({ actor }) => actor.type === 'system').toReversed();
}

/** The text of a mail, as its reader sees it. */
function textOf({ source }: ReceivedMail): string {
  const body = source.slice(source.indexOf('\r\n\r\n') + 4).replaceAll('\r\n', '\n');
  const isQuoted = /^content-transfer-encoding: quoted-printable/im.test(source);
  if (/^content-transfer-encoding: base64/im.test(source)) return Buffer.from(body, 'base64').toString('utf8');
  if (!isQuoted) return body;
  const bytes = body.replaceAll('=\n', '').replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

describe('people who need to know', () => {
  let app: KeystileApp;
  let mails: MailSink;
  let owner: TestPerson;
  const env = (): Record<string, string> => ({
    SMTP_URL: mails.url,
    MAIL_FROM: 'Keystile <keys@example.com>',
    TRUSTED_PROXIES: '127.0.0.1',
    PUBLIC_URL: 'http://127.0.0.1:3000/',
  });

  beforeEach(async () => {
    mails = await MailSink.start();
    app = await KeystileApp.start({ env: env() });
    owner = await app.owner();
  });
  afterEach(async () => {
    await app.stop();
    await mails.stop();
  });

  const later = async (days: number): Promise<TestPerson> => {
    app.clock.move({ days });
    return (owner = await app.owner());
  };
  /** The notices that have come since the last time, when there are so many. Invitations are none. */
  const mailed = async (count: number): Promise<ReceivedMail[]> => {
    for (;;) {
      const notices = mails.mails.filter((mail) => textOf(mail).includes('You get this because the key is yours'));
      if (notices.length < count) await mails.received(mails.mails.length + 1);
      else {
        mails.mails.length = 0;
        return notices;
      }
    }
  };

  describe('when a key expires', () => {
    it('T08 T24 hear of it 14 days and 3 days before, once each', async () => {
      const { id, prefix } = await app.issueKey({ name: 'nightly job', expiresAt: inDays(app, 30) });
      expect(await runJob(app)).toBe(0);
      await later(15.9);
      expect(await runJob(app)).toBe(0);

      await later(0.1);
      expect(await runJob(app)).toBe(1);
      const [mail] = await mailed(1);
      expect(mail).toMatchObject({ to: [owner.email], from: 'keys@example.com' });
      expect(mail!.headers['subject']).toBe('An API key of Acme expires soon');
      expect(textOf(mail!)).toContain(`- "nightly job" (${prefix}) expires on 2026-02-14 10:00 UTC.`);
      expect(textOf(mail!)).toContain('\nhttp://127.0.0.1:3000/api-management\n');
      expect(await runJob(app)).toBe(0);

      await later(10.9);
      expect(await runJob(app)).toBe(0);
      await later(0.1);
      expect(await runJob(app)).toBe(1);
      expect((await mailed(1))[0]!.headers['subject']).toBe('An API key of Acme expires soon');
      await later(2);
      expect(await runJob(app)).toBe(0);
      await later(2);
      expect(await runJob(app)).toBe(0);
      expect(mails.mails).toEqual([]);
      const told = await events(app, id);
      expect(told.map(({ action, after }) => [action, after])).toEqual([
        ['api_key.expiry_near', { days: 14, expiresAt: '2026-02-14T10:00:00.000Z' }],
        ['api_key.expiry_near', { days: 3, expiresAt: '2026-02-14T10:00:00.000Z' }],
      ]);
      expect(told[0]!.actor).toEqual({ type: 'system', id: null });
    });

    it('C24 hear nothing where it does not, was made for a few days, or has ended otherwise', async () => {
      await app.issueKey({ name: 'for ever' });
      await app.issueKey({ name: 'for a day', expiresAt: inDays(app, 1) });
      await app.issueKey({ name: 'for a fortnight', expiresAt: inDays(app, 14) });
      const revoked = await app.issueKey({ name: 'revoked', expiresAt: inDays(app, 20) });
      const disabled = await app.issueKey({ name: 'disabled', expiresAt: inDays(app, 20) });
      await app.post(`/v1/api-keys/${revoked.id}/revoke`, { as: owner.token, body: {} });
      await app.post(`/v1/api-keys/${disabled.id}/disable`, { as: owner.token });
      expect(await runJob(app)).toBe(0);
      await later(10);
      expect(await runJob(app)).toBe(0);
      await app.post(`/v1/api-keys/${disabled.id}/enable`, { as: owner.token });
      expect(await runJob(app)).toBe(1);
    });

    it('hear of one end only when the service was down until shortly before, and of another date anew', async () => {
      const { id } = await app.issueKey({ expiresAt: inDays(app, 60) });
      await later(58);
      expect(await runJob(app)).toBe(1);
      expect((await events(app, id)).map(({ after }) => after!['days'])).toEqual([3]);
      await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { expiresAt: inDays(app, 12) } });
      expect(await runJob(app)).toBe(1);
      await app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { expiresAt: inDays(app, 200) } });
      expect(await runJob(app)).toBe(0);
      expect((await events(app, id)).map(({ after }) => after!['days'])).toEqual([3, 14]);
    });
  });

  describe('when a secret has grown old', () => {
    it('T29 C25 G16 W14 hear after 90 days that rotation is due, once for each secret', async () => {
      const { id, prefix } = await app.issueKey({ name: 'nightly job' });
      await later(89.9);
      expect(await runJob(app)).toBe(0);
      await later(0.1);
      expect(await runJob(app)).toBe(1);
      const [mail] = await mailed(1);
      expect(mail!.headers['subject']).toBe('An API key of Acme is due for rotation');
      expect(textOf(mail!)).toContain(`- "nightly job" (${prefix}) has had its secret since 2026-01-15 10:00 UTC.`);
      await later(100);
      expect(await runJob(app)).toBe(0);

      const rotated = await app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: {} });
      expect(rotated.status).toBe(201);
      await later(89);
      expect(await runJob(app)).toBe(0);
      await later(1);
      expect(await runJob(app)).toBe(1);
      const again = textOf((await mailed(1))[0]!);
      expect(again).toContain(rotated.body.prefix as string);
      expect(again).not.toContain((rotated.body.key as string).slice(-38));
      expect((await events(app, id)).map(({ action }) => action)).toEqual(['api_key.rotation_due', 'api_key.rotation_due']);
    });

    it('are not told of keys that have ended, and later of those that come back', async () => {
      const expired = await app.issueKey({ expiresAt: inDays(app, 1) });
      const disabled = await app.issueKey();
      await app.post(`/v1/api-keys/${disabled.id}/disable`, { as: owner.token });
      await later(100);
      expect(await runJob(app)).toBe(0);
      await app.post(`/v1/api-keys/${disabled.id}/enable`, { as: owner.token });
      await later(1);
      expect(await runJob(app)).toBe(1);
      expect(await events(app, expired.id)).toEqual([]);
    });

    it('get one mail for many keys', async () => {
      for (let i = 0; i < 23; i++) await app.issueKey({ name: `job ${i}` });
      await later(90);
      expect(await runJob(app)).toBe(23);
      const [mail] = await mailed(1);
      expect(mail!.headers['subject']).toBe('23 API keys of Acme are due for rotation');
      expect(textOf(mail!)).toContain('- and 3 more');
      expect(await runJob(app)).toBe(0);
      expect(mails.mails).toEqual([]);
    });

    it('hear of every key, though there are more than a page of them from one moment', async () => {
      const { id } = await app.issueKey();
      const { manager } = app.service.database;
      const row = await manager.findOneByOrFail(ApiKey, { id });
      const twins = Array.from({ length: 1_200 }, (_unused, i) => ({ ...row, id: `${id.slice(0, -4)}${String(i).padStart(4, '0')}` }));
      for (let i = 0; i < twins.length; i += 100) await manager.insert(ApiKey, twins.slice(i, i + 100));
      await later(90);
      expect(await runJob(app)).toBe(1_201);
      expect(await runJob(app)).toBe(0);
    }, 60_000);
  });

  describe('who they are', () => {
    const readers = async (count: number): Promise<string[]> => (await mailed(count)).flatMap(({ to }) => to).toSorted();

    it('is the owner where that is a person, and else who runs the organization, nobody twice', async () => {
      const admin = await app.member('admin', { email: 'ada.admin@example.com' });
      const developer = await app.member('developer', { email: 'dev@example.com' });
      await app.member('auditor');
      await app.issueKey({ name: 'own' }, developer);
      await later(90);
      expect(await runJob(app)).toBe(1);
      expect(await readers(1)).toEqual(['dev@example.com']);

      const account = await app.post('/v1/service-accounts', { as: owner.token, body: { name: 'CI', role: 'developer' } });
      await app.issueKey({ name: 'of CI', owner: { type: 'service_account', id: account.body.id } });
      await app.issueKey({ name: 'of all', owner: { type: 'organization', id: owner.organizationId } });
      await later(90);
      expect(await runJob(app)).toBe(2);
      const [toAdmin, toOwner] = (await mailed(2)).toSorted((a, b) => (a.to[0]! < b.to[0]! ? -1 : 1));
      expect([toAdmin!.to, toOwner!.to]).toEqual([[admin.email], [owner.email]]);
      expect(textOf(toOwner!)).toMatch(/"of (?:CI|all)"[^]*"of (?:CI|all)"/);
    });

    it('is who runs the organization once the owner is gone', async () => {
      const developer = await app.member('developer');
      await app.issueKey({ name: 'left behind', onOwnerRemoved: 'transfer' }, developer);
      expect((await app.delete(`/v1/members/${developer.userId}`, { as: owner.token })).status).toBe(204);
      await later(90);
      expect(await runJob(app)).toBe(1);
      expect(await readers(1)).toEqual([owner.email]);
    });

    it('is nobody while the organization is suspended, and never anybody of another one', async () => {
      const other = await app.otherOrganization('Beta');
      const { id } = await app.issueKey({ name: 'secret project' }, other);
      const suspend = (status: string) => app.patch(`/v1/organizations/${other.organizationId}`, { as: owner.token, body: { status } });
      await later(90);
      await suspend('suspended');
      expect(await runJob(app)).toBe(0);
      await later(1);
      await suspend('active');
      expect(await runJob(app)).toBe(1);
      const [mail] = await mailed(1);
      expect(mail!.to).toEqual([other.email]);
      expect(mail!.headers['subject']).toBe('An API key of Beta is due for rotation');
      const seenByOwner = await app.get(`/v1/audit-events?targetId=${id}`, { as: owner.token });
      expect(seenByOwner.body.data).toEqual([]);
      expect(await events(app, id, 'api_key.*', await app.login(other.email))).toHaveLength(1);
    });
  });

  describe('in the mail', () => {
    it('A18.2 find names as text: no header, no secret and no line comes out of one', async () => {
      const stray = await app.issueKey();
      await app.issueKey({ name: `Bcc: all@example.com \u202e"<b>" ${stray.key}` });
      await app.post(`/v1/api-keys/${stray.id}/revoke`, { as: owner.token, body: {} });
      await app.patch(`/v1/organizations/${owner.organizationId}`, { as: owner.token, body: { name: 'Ä: Bcc: all@example.com, <x@y.z>' } });
      await later(90);
      expect(await runJob(app)).toBe(1);
      const [mail] = await mailed(1);
      expect(mail!.to).toEqual([owner.email]);
      expect(mail!.headers['bcc']).toBeUndefined();
      expect(mail!.headers['content-type']).toMatch(/^text\/plain/);
      expect(textOf(mail!)).toMatch(/^- "Bcc: all@example.com "<b>" ks_live_[0-9A-Za-z]{12}\[redacted\]"/);
      expect(mail!.source).not.toContain(stray.key.slice(-38));
    });
  });

  describe('without a mail server', () => {
    it('find it in the audit trail', async () => {
      const bare = await KeystileApp.start();
      const { id } = await bare.issueKey();
      bare.clock.move({ days: 90 });
      expect(await runJob(bare)).toBe(1);
      expect((await events(bare, id)).map(({ action }) => action)).toEqual(['api_key.rotation_due']);
      await bare.stop();
    });

    it('that works, nobody waits for it, and nothing is told twice', async () => {
      mails.verdict = () => 550;
      const { id } = await app.issueKey();
      await later(90);
      expect(await runJob(app)).toBe(1);
      expect(await runJob(app)).toBe(0);
      expect(await events(app, id)).toHaveLength(1);
    });
  });

  describe('are told once', () => {
    it('although the database fails between the notice and its audit event', async () => {
      const { id } = await app.issueKey();
      await later(90);
      let isBroken = true;
      const inserts: string[] = [];
      const { driver } = app.service.database;
      const create = driver.createQueryRunner.bind(driver);
      driver.createQueryRunner = (mode) => {
        const runner = create(mode);
        const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<never>;
        runner.query = async (...parameters: unknown[]) => {
          const [sql] = parameters as [string];
          if (/INSERT INTO .?keystile_(?:key_notices|audit_events)/.test(sql)) inserts.push(sql.includes('notices') ? 'notice' : 'event');
          if (isBroken && /INSERT INTO .?keystile_audit_events/.test(sql)) throw new Error('Interrupted by the test');
          return query(...parameters);
        };
        return runner;
      };
      expect(await runJob(app)).toBe(0);
      expect(mails.attempts).toBe(0);
      isBroken = false;
      expect(await runJob(app)).toBe(1);
      expect(inserts.slice(0, 4)).toEqual(['notice', 'event', 'notice', 'event']);
      await mailed(1);
      expect(await events(app, id)).toHaveLength(1);
    });

    onServer('although two replicas look at the same moment', async () => {
      const keep = { dataDir: app.dataDir, databaseUrl: app.databaseUrl };
      const twin = await KeystileApp.start({ env: env(), clock: app.clock, keep });
      const ids = await Promise.all(Array.from({ length: 30 }, async (_unused, i) => (await app.issueKey({ name: `job ${i}` })).id));
      await later(90);
      const [one, other] = await Promise.all([runJob(app), runJob(twin)]);
      expect(one + other).toBe(30);
      const mailsOfBoth = await mailed((one > 0 ? 1 : 0) + (other > 0 ? 1 : 0));
      const named = mailsOfBoth.reduce((sum, mail) => sum + Number(/^(\d+) API keys/.exec(mail.headers['subject']!)?.[1] ?? 1), 0);
      expect(named).toBe(30);
      for (const id of ids) expect(await events(app, id)).toHaveLength(1);
      await twin.stop({ disposeData: false });
    });
  });

  describe('when a live key is used from a new network', () => {
    const call = (key: string, ip: string, on = app) => on.get('/v1/whoami', { as: key, headers: { 'x-forwarded-for': ip } });
    const networks = async (id: string): Promise<unknown[]> =>
      (await events(app, id, 'api_key.new_network')).map(({ personal }) => personal!['network']);

    it('G13 hear of it: not of the first network, and once of each other', async () => {
      const { id, key, prefix } = await app.issueKey({ name: 'nightly job' });
      for (const ip of ['203.0.113.7', '203.0.113.7', '203.0.113.250']) expect((await call(key, ip)).status).toBe(200);
      expect(await networks(id)).toEqual([]);

      const abroad = await call(key, '198.51.100.9');
      for (const ip of ['198.51.100.9', '198.51.100.77', '203.0.113.7']) await call(key, ip);
      const told = await events(app, id, 'api_key.new_network');
      expect(told).toEqual([
        expect.objectContaining({
          actor: { type: 'system', id: null },
          requestId: abroad.headers['x-request-id'],
          personal: { network: '198.51.100.0/24' },
          after: null,
        }),
      ]);
      const [mail] = await mailed(1);
      expect(mail).toMatchObject({ to: [owner.email] });
      expect(mail!.headers['subject']).toBe('An API key of Acme was used from a new network');
      expect(textOf(mail!)).toContain(`- "nightly job" (${prefix}) came from 198.51.100.0/24 on 2026-01-15 10:00 UTC.`);

      await call(key, '2001:db8:1:2::1');
      await call(key, '2001:db8:1:3::1');
      await call(key, '::ffff:198.51.100.3');
      expect(await networks(id)).toEqual(['198.51.100.0/24', '2001:db8:1::/48']);
      expect(await mailed(1)).toHaveLength(1);
    });

    it('G13 hear of calls that are refused there, too, but neither of test keys nor of dead ones', async () => {
      const listed = await app.issueKey({ allowedIps: ['203.0.113.7'] });
      expect((await call(listed.key, '198.51.100.1')).status).toBe(403);
      expect((await call(listed.key, '203.0.113.7')).status).toBe(200);
      expect(await networks(listed.id)).toEqual([]);
      expect((await call(listed.key, '192.0.2.1')).status).toBe(403);
      expect((await events(app, listed.id))[0]).toMatchObject({
        after: { refusedWith: 'ip_not_allowed' },
        personal: { network: '192.0.2.0/24' },
      });

      const test = await app.issueKey({ environment: 'test' });
      const dead = await app.issueKey();
      for (const { key } of [test, dead]) await call(key, '203.0.113.7');
      await app.post(`/v1/api-keys/${dead.id}/revoke`, { as: owner.token, body: {} });
      for (const { key } of [test, dead]) await call(key, '198.51.100.1');
      expect([...(await networks(test.id)), ...(await networks(dead.id))]).toEqual([]);
      await call(dead.key.slice(0, -1), '192.0.2.1');
      expect(await networks(dead.id)).toEqual([]);
    });

    it('are not told again by the next process, or a month later', async () => {
      const { id, key } = await app.issueKey();
      await call(key, '203.0.113.7');
      await call(key, '198.51.100.9');
      expect(await networks(id)).toHaveLength(1);
      await later(40);
      await call(key, '198.51.100.9');
      expect(await networks(id)).toHaveLength(1);
      await app.stop({ disposeData: false });
      app = await KeystileApp.start({ env: env(), clock: app.clock, keep: { dataDir: app.dataDir, databaseUrl: app.databaseUrl } });
      await call(key, '198.51.100.9');
      await call(key, '203.0.113.9');
      expect(await networks(id)).toHaveLength(1);
      await call(key, '192.0.2.9');
      expect(await networks(id)).toHaveLength(2);
    });

    it('hear of 49 at most in a month, however many there are', async () => {
      const { id, key } = await app.issueKey();
      for (let i = 0; i < 60; i++) await call(key, `10.0.${i}.1`);
      expect(await networks(id)).toHaveLength(49);
      await later(31);
      await call(key, '10.0.0.1');
      await call(key, '192.0.2.1');
      expect((await events(app, id, 'api_key.new_network')).at(-1)!.personal).toEqual({ network: '192.0.2.0/24' });
    });

    onServer('hear of it once, although two replicas see the first call at the same moment', async () => {
      const twin = await KeystileApp.start({ env: env(), clock: app.clock, keep: { dataDir: app.dataDir, databaseUrl: app.databaseUrl } });
      const keys: TestKey[] = [];
      for (let i = 0; i < 10; i++) keys.push(await app.issueKey());
      for (const { key } of keys) await call(key, '203.0.113.7');
      await events(app, keys[0]!.id);
      await Promise.all(keys.flatMap(({ key }) => [call(key, '198.51.100.9'), call(key, '198.51.100.9', twin)]));
      await twin.get(`/v1/api-keys/${keys[0]!.id}`, { as: owner.token });
      for (const { id } of keys) expect(await networks(id)).toEqual(['198.51.100.0/24']);
      await twin.stop({ disposeData: false });
    });
  });

  describe('when calls of a live key are refused in a burst', () => {
    const refuse = async (key: string, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) expect([401, 403]).toContain((await app.post('/sms', { as: key, body: {} })).status);
    };
    const bursts = async (id: string): Promise<Event[]> => events(app, id, 'api_key.refusal_burst');

    it('G13 read of it in the audit trail, once an hour', async () => {
      const auditor = await app.member('auditor');
      const { id, key } = await app.issueKey({ scopes: ['send_email'] });
      await refuse(key, 19);
      expect(await bursts(id)).toEqual([]);
      await refuse(key, 1);
      expect(await bursts(id)).toEqual([
        expect.objectContaining({
          actor: { type: 'system', id: null },
          after: { refusals: 20, withinSeconds: 300, codes: ['insufficient_scope'] },
          requestId: expect.stringMatching(/^req_/) as string,
        }),
      ]);
      expect(await events(app, id, 'api_key.refusal_burst', auditor)).toHaveLength(1);
      await refuse(key, 45);
      app.clock.move({ minutes: 59 });
      await refuse(key, 25);
      expect(await bursts(id)).toHaveLength(1);
      app.clock.move({ minutes: 1 });
      await refuse(key, 1);
      expect(await bursts(id)).toHaveLength(2);
    });

    it('G13 read nothing of refusals that are few, slow, over the limit, or of test keys', async () => {
      const slow = await app.issueKey();
      for (let i = 0; i < 25; i++) {
        await refuse(slow.key, 1);
        app.clock.move({ seconds: 16 });
      }
      const limited = await app.issueKey({ rateLimit: { limit: 1, windowSeconds: 3600 } });
      for (let i = 0; i < 30; i++) await app.get('/v1/whoami', { as: limited.key });
      const test = await app.issueKey({ environment: 'test' });
      await refuse(test.key, 30);
      const working = await app.issueKey();
      for (let i = 0; i < 30; i++) await app.get('/v1/whoami', { as: working.key });
      for (const { id } of [slow, limited, test, working]) expect(await bursts(id)).toEqual([]);
    });
  });
});
