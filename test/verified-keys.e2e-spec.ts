import { CallStore } from '../src/audit';
import { type Answer, KeystileApp, type TestKey, type TestPerson } from '../src/testing';

type Row = Record<string, any>;

describe('a key that other services take, and have verified', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let gateway: TestKey;
  let key: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });

  beforeEach(async () => {
    owner = await app.otherOrganization('Acme');
    gateway = await app.issueKey({ name: 'Gateway', scopes: ['api_key.verify', 'call_log.read'] }, owner);
    key = await app.issueKey({ name: 'Partner', scopes: ['send_sms', 'member.read'] }, owner);
  });

  afterAll(() => app.stop());

  const verify = async (times: number, code = 'valid', more: object = {}): Promise<Answer> => {
    let answer: Answer;
    for (let i = 0; i < times; i++) {
      answer = await app.post('/v1/api-keys/verify', { as: gateway.key, body: { key: key.key, ...more } });
      expect([answer.status, answer.body.code]).toEqual([200, code]);
    }
    return answer!;
  };
  const read = async (path: string): Promise<Row> => {
    const { status, body } = await app.get(path, { as: owner.token });
    expect(status).toBe(200);
    return body;
  };
  const usage = ({ id }: TestKey): Promise<Row> => read(`/v1/api-keys/${id}/usage`);
  const impact = ({ id }: TestKey): Promise<Row> => read(`/v1/api-keys/${id}/impact`);
  const listed = async (query: string): Promise<Row[]> => (await read(`/v1/call-logs?${query}`))['data'] as Row[];

  it('is in use: its verifications count, and are told apart', async () => {
    await verify(5);
    expect((await app.get('/v1/members', { as: key.key })).status).toBe(200);
    const now = app.clock.now().toISOString();
    expect(await usage(key)).toMatchObject({
      calls: 6,
      succeeded: 6,
      denied: 0,
      errors: 0,
      lastCallAt: now,
      verifications: { calls: 5, denied: 0, lastAt: now },
      routes: [{ method: 'GET', route: '/v1/members', calls: 1, denied: 0 }],
      addresses: [{ ip: '127.0.0.1', calls: 1 }],
      complete: true,
      replay: { calls: 1, denied: 0 },
    });
    const together = await read(`/v1/usage?keyId=${key.id}&groupBy=key`);
    expect(together['data']).toMatchObject([{ group: key.id, calls: 6 }]);
  });

  it('needs all its scopes, because nobody knows which were asked about', async () => {
    await verify(1, 'valid', { scopes: ['send_sms'] });
    const { scopes } = await usage(key);
    expect(scopes).toMatchObject({ used: [], unused: [], allNeededFor: ['verifications'] });
    expect((scopes.sufficient as string[]).toSorted()).toEqual(['member.read', 'send_sms']);
    await app.patch(`/v1/api-keys/${key.id}`, { as: owner.token, body: { scopes: scopes.sufficient } });
    await verify(1, 'valid', { scopes: ['send_sms'] });
  });

  it('leaves the scopes of whoever asks to whoever asks', async () => {
    await verify(3);
    expect(await usage(gateway)).toMatchObject({
      calls: 3,
      verifications: { calls: 0, denied: 0, lastAt: null },
      routes: [{ method: 'POST', route: '/v1/api-keys/verify', calls: 3 }],
      scopes: {
        used: [{ scope: 'api_key.verify', calls: 3 }],
        unused: ['call_log.read'],
        sufficient: ['api_key.verify'],
        allNeededFor: [],
      },
    });
    expect(await impact(gateway)).toMatchObject({ lastHour: 3, lastDay: 3, lastMonth: 3, verifications: { calls: 0 } });
  });

  it('would be missed if it were revoked, for what was verified from the hour before on', async () => {
    await verify(2);
    const lastSuccessAt = app.clock.now().toISOString();
    app.clock.move({ minutes: 119 - app.clock.now().getUTCMinutes() });
    owner = await app.login(owner.email);
    expect(await impact(key)).toMatchObject({
      lastHour: 2,
      lastDay: 2,
      lastMonth: 2,
      lastSuccessAt,
      verifications: { calls: 2, denied: 0, lastAt: lastSuccessAt },
      routes: [],
      addresses: [],
    });
  });

  it('would be missed as often as it was verified, also in the hour that the one of before reaches into', async () => {
    await verify(2);
    app.clock.move({ minutes: 119 - app.clock.now().getUTCMinutes() });
    await verify(1);
    owner = await app.login(owner.email);
    expect(await impact(key)).toMatchObject({ lastHour: 3, lastDay: 3, lastMonth: 3, lastSuccessAt: app.clock.now().toISOString() });
  });

  it('has them counted by the day once days are over', async () => {
    await verify(2);
    await app.get('/v1/members', { as: key.key });
    const lastSuccessAt = app.clock.now().toISOString();
    app.clock.move({ days: 3 });
    owner = await app.login(owner.email);
    await app.service.app.get(CallStore).settle();
    expect(await usage(key)).toMatchObject({ calls: 3, succeeded: 3, verifications: { calls: 2, denied: 0 } });
    expect(await impact(key)).toMatchObject({
      lastDay: 0,
      lastMonth: 3,
      lastSuccessAt,
      verifications: { calls: 2, lastAt: lastSuccessAt },
    });
  });

  it.each([
    ['api_key_revoked', 'revoke'],
    ['api_key_disabled', 'disable'],
  ])('is denied, not let in, where the answer is %s', async (code, end) => {
    await verify(1);
    const lastSuccessAt = app.clock.now().toISOString();
    app.clock.move({ minutes: 1 });
    await app.post(`/v1/api-keys/${key.id}/${end}`, { as: owner.token });
    const told = await verify(2, code);
    expect(await usage(key)).toMatchObject({
      calls: 3,
      succeeded: 1,
      denied: 2,
      errors: 0,
      verifications: { calls: 3, denied: 2, lastAt: app.clock.now().toISOString() },
    });
    expect(await impact(key)).toMatchObject({ lastHour: 1, lastMonth: 1, lastSuccessAt, verifications: { calls: 3, denied: 2 } });
    const requestId = told.headers['x-request-id'] as string;
    expect(await listed(`requestId=${requestId}`)).toMatchObject([{ status: 200, code, keyId: gateway.id, subjectKeyId: key.id }]);
    expect(await usage(gateway)).toMatchObject({ calls: 3, succeeded: 3, denied: 0 });
    expect(await read(`/v1/call-logs/${requestId}/explain`)).toMatchObject({ allowed: true, code: 'valid', answered: 200 });
    const together = (await read(`/v1/usage/top?groupBy=key`))['data'] as Row[];
    expect(together.find(({ group }) => group === key.id)).toMatchObject({ calls: 3, errors: 0, denied: 0 });
  });

  it('keeps its scopes free where every verification said no', async () => {
    await app.post(`/v1/api-keys/${key.id}/disable`, { as: owner.token });
    await verify(1, 'api_key_disabled');
    expect((await usage(key))['scopes']).toMatchObject({ sufficient: [], allNeededFor: [] });
  });

  it('was not used when it was over its limit, while whoever asked was', async () => {
    key = await app.issueKey({ rateLimit: { limit: 1, windowSeconds: 3_600 } }, owner);
    await verify(1);
    const lastUsedAt = app.clock.now().toISOString();
    app.clock.move({ minutes: 1 });
    const told = await verify(1, 'rate_limited');
    expect(await read(`/v1/api-keys/${key.id}`)).toMatchObject({ lastUsedAt });
    expect(await read(`/v1/api-keys/${gateway.id}`)).toMatchObject({ lastUsedAt: app.clock.now().toISOString() });
    expect(await usage(key)).toMatchObject({ calls: 2, succeeded: 1, denied: 1 });
    const explained = await read(`/v1/call-logs/${told.headers['x-request-id'] as string}/explain`);
    expect(explained).toMatchObject({ allowed: true, code: 'valid', answeredCode: 'rate_limited' });
  });

  it('is found in the log by the key that was asked about, a page at a time and in exports', async () => {
    await verify(3);
    const other = await app.issueKey({}, owner);
    await app.post('/v1/api-keys/verify', { as: gateway.key, body: { key: other.key } });
    await app.get('/v1/members', { as: key.key });
    const all = await listed(`subjectKeyId=${key.id}`);
    expect(all.map(({ keyId, subjectKeyId, path }) => [keyId, subjectKeyId, path])).toEqual(
      Array.from({ length: 3 }, () => [gateway.id, key.id, '/v1/api-keys/verify']),
    );
    const first = await read(`/v1/call-logs?subjectKeyId=${key.id}&limit=2`);
    const rest = await listed(`subjectKeyId=${key.id}&cursor=${first['nextCursor'] as string}`);
    expect([...(first['data'] as Row[]), ...rest]).toEqual(all);
    expect(await listed(`keyId=${gateway.id}&subjectKeyId=${other.id}`)).toHaveLength(1);
    expect(await listed(`keyId=${key.id}`)).toMatchObject([{ path: '/v1/members' }]);
    expect(await listed(`subjectKeyId=${(await app.issueKey({}, owner)).id}`)).toEqual([]);
    const file = await app.get(`/v1/call-logs/export?format=ndjson&subjectKeyId=${key.id}`, { as: owner.token });
    const exported = file.text.trim().split('\n');
    expect(exported.map((line) => (JSON.parse(line) as Row)['requestId'])).toEqual(all.map(({ requestId }) => requestId));
    const wrong = await app.get('/v1/call-logs?subjectKeyId=mine', { as: owner.token });
    expect(wrong.body.errors).toEqual([{ pointer: '/subjectKeyId', message: 'must be the id of an API key' }]);
  });
});
