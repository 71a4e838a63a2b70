import { type Answer, KeystileApp, type TestKey } from '../src/testing';
import { hasRedis, OwnRedis } from './support/own-redis';

const MINUTE = { limit: 2, windowSeconds: 60 };

const codes = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status);

describe('the limit of a key', () => {
  let app: KeystileApp;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });

  afterAll(() => app.stop());

  const call = (as: string): Promise<Answer> => app.get('/v1/whoami', { as });

  async function calls(as: string, times: number): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let i = 0; i < times; i++) answers.push(await call(as));
    return answers;
  }

  const fieldsOf = ({ headers }: Answer) => [headers['ratelimit-policy'], headers.ratelimit, headers['retry-after']];

  it('A14.2 is told with each answer, and waiting as long as a refusal says lets the next call through', async () => {
    const { key } = await app.issueKey({ rateLimit: MINUTE });
    const [first, second, third] = (await calls(key, 3)) as [Answer, Answer, Answer];
    expect(codes([first, second, third])).toEqual([200, 200, 429]);
    expect(fieldsOf(first)).toEqual(['"key";q=2;w=60', '"key";r=1;t=30', undefined]);
    expect(fieldsOf(second)).toEqual(['"key";q=2;w=60', '"key";r=0;t=30', undefined]);
    expect(fieldsOf(third)).toEqual(['"key";q=2;w=60', '"key";r=0;t=30', '30']);
    app.clock.move({ seconds: 29 });
    expect((await call(key)).headers['retry-after']).toBe('1');
    app.clock.move({ seconds: 1 });
    expect(codes(await calls(key, 2))).toEqual([200, 429]);
  });

  it('is not spoken of to those who have none', async () => {
    const { key } = await app.issueKey();
    expect(fieldsOf(await call(key))).toEqual([undefined, undefined, undefined]);
    expect(fieldsOf(await call('nonsense'))).toEqual([undefined, undefined, undefined]);
  });

  it('counts calls that are refused later, by scope or by their body, and none that it refuses itself', async () => {
    const { key } = await app.issueKey({ scopes: ['api_key.create'], rateLimit: { limit: 3, windowSeconds: 60 } });
    const answers = [
      await app.get('/v1/members', { as: key }),
      await app.post('/v1/api-keys', { as: key, body: {} }),
      await call(key),
      await call(key),
    ];
    expect(codes(answers)).toEqual([403, 400, 200, 429]);
    expect(answers.map(({ headers }) => headers.ratelimit)).toEqual([
      '"key";r=2;t=20',
      '"key";r=1;t=20',
      '"key";r=0;t=20',
      '"key";r=0;t=20',
    ]);
    app.clock.move({ seconds: 20 });
    expect((await call(key)).status).toBe(200);
  });

  it('A14.5 stays as used up as it was when the key is rotated, for the old secret and the new one', async () => {
    const owner = await app.owner();
    const { id, key } = await app.issueKey({ rateLimit: MINUTE });
    await call(key);
    const { body } = await app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: { overlapSeconds: 3_600 } });
    expect((await call(body.key as string)).status).toBe(200);
    expect(codes([await call(body.key as string), await call(key)])).toEqual([429, 429]);
  });

  it('counts what another service asks about the key', async () => {
    const verifier = await app.issueKey({ scopes: ['api_key.verify'] });
    const { key } = await app.issueKey({ rateLimit: MINUTE });
    await call(key);
    const verify = () => app.post('/v1/api-keys/verify', { as: verifier.key, body: { key } });
    expect([(await verify()).body.code, (await verify()).body.code, (await call(key)).status]).toEqual(['valid', 'rate_limited', 429]);
  });

  it('A14.4 leaves other keys alone', async () => {
    const [one, other] = [await app.issueKey({ rateLimit: MINUTE }), await app.issueKey({ rateLimit: MINUTE })];
    expect(codes(await calls(one.key, 3))).toEqual([200, 200, 429]);
    expect((await call(other.key)).status).toBe(200);
  });
});

describe('the limit of bad credentials', () => {
  it('A04.5 is told past it, to each address by itself, while good ones from there go on working', async () => {
    const app = await KeystileApp.start({ env: { FAILED_AUTH_LIMIT: '2' } });
    try {
      const { key } = await app.issueKey();
      const guess = (from: string): Promise<Answer> => app.get('/v1/whoami', { as: 'ks_live_nonsense', from });
      const answers = [await guess('127.0.0.5'), await guess('127.0.0.5'), await guess('127.0.0.5')];
      expect(codes(answers)).toEqual([401, 401, 429]);
      expect(answers[2]!.headers).toMatchObject({
        'ratelimit-policy': '"address";q=2;w=10',
        ratelimit: '"address";r=0;t=5',
        'retry-after': '5',
      });
      expect((await app.get('/v1/whoami', { as: key, from: '127.0.0.5' })).status).toBe(200);
      expect((await guess('127.0.0.6')).status).toBe(401);
      app.clock.move({ seconds: 5 });
      expect((await guess('127.0.0.5')).status).toBe(401);
    } finally {
      await app.stop();
    }
  });
});

describe('the limit of an organization', () => {
  let app: KeystileApp;
  let path: string;
  let token: string;

  beforeAll(async () => {
    app = await KeystileApp.start();
    const owner = await app.owner();
    token = owner.token;
    path = `/v1/organizations/${owner.organizationId}`;
  });

  afterAll(() => app.stop());

  const call = ({ key }: TestKey): Promise<Answer> => app.get('/v1/whoami', { as: key });

  it('A14.4 counts all of its keys together, at once when it is set, and no people', async () => {
    const [one, other] = [await app.issueKey(), await app.issueKey({ rateLimit: { limit: 5, windowSeconds: 5 } })];
    expect(codes([await call(one), await call(other)])).toEqual([200, 200]);
    await app.patch(path, { as: token, body: { rateLimit: { limit: 3, windowSeconds: 30 } } });
    const answers = [await call(one), await call(other), await call(one), await call(one), await call(other)];
    expect(codes(answers)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[1]!.headers).toMatchObject({
      'ratelimit-policy': '"key";q=5;w=5, "organization";q=3;w=30',
      ratelimit: '"key";r=3;t=1, "organization";r=1;t=10',
    });
    // Its own limit has not counted the call that the other one refused.
    expect(answers[4]!.headers).toMatchObject({ ratelimit: '"key";r=3;t=1, "organization";r=0;t=10', 'retry-after': '10' });
    expect((await app.get('/v1/whoami', { as: token })).status).toBe(200);
    const stranger = await app.issueKey({}, await app.otherOrganization());
    expect((await call(stranger)).status).toBe(200);
    const explained = await app.post(`/v1/api-keys/${one.id}/explain`, { as: token, body: { method: 'GET', path: '/v1/whoami' } });
    expect(explained.body).toMatchObject({ allowed: false, code: 'rate_limited' });
    await app.patch(path, { as: token, body: { rateLimit: null } });
    expect((await call(one)).status).toBe(200);
  });
});

(hasRedis ? describe : describe.skip)('limits of three services with one Redis', () => {
  let redis: OwnRedis;
  let apps: KeystileApp[];

  beforeAll(async () => {
    redis = await OwnRedis.start();
    const env = { REDIS_URL: redis.url, REDIS_DEADLINE_MS: '1000' };
    const first = await KeystileApp.start({ env });
    // SQLite is one process: there, the others stand in for replicas as far as limits go.
    const keep = { dataDir: first.dataDir, databaseUrl: first.databaseUrl };
    apps = first.databaseUrl === undefined ? [first] : [first, await start(keep, '2'), await start(keep, '3')];

    function start(shared: typeof keep, replica: string): Promise<KeystileApp> {
      const journal = { REPLICA_ID: replica, JOURNAL_DIR: `${shared.dataDir}/journal-${replica}` };
      return KeystileApp.start({ env: { ...env, ...journal }, clock: first.clock, keep: shared });
    }
  });

  afterAll(async () => {
    for (const app of apps.toReversed()) await app.stop({ disposeData: app === apps[0] });
    await redis.stop();
  });

  const atOnce = async (key: string, times: number): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: times }, (_, i) => apps[i % apps.length]!.get('/v1/whoami', { as: key })));
    expect(codes(answers).filter((status) => status !== 200 && status !== 429)).toEqual([]);
    return codes(answers).filter((status) => status === 200).length;
  };

  it('A14.1 let exactly as many calls through as the limit says, of three times as many at once', async () => {
    const { key } = await apps[0]!.issueKey({ rateLimit: { limit: 50, windowSeconds: 600 } });
    expect(await atOnce(key, 150)).toBe(50);
    apps[0]!.clock.move({ seconds: 60 });
    expect(await atOnce(key, 30)).toBe(5);
  });

  it('A14.1 go on without Redis, within their number times the limit', async () => {
    const { key } = await apps[0]!.issueKey({ rateLimit: { limit: 40, windowSeconds: 3_600 } });
    expect(await atOnce(key, 60)).toBe(40);
    await redis.stop();
    const { key: other } = await apps[0]!.issueKey({ rateLimit: { limit: 40, windowSeconds: 3_600 } });
    expect(await atOnce(other, 60 * apps.length)).toBe(40 * apps.length);
    await redis.start();
  });

  it('answer while Redis is frozen, and when it goes on', async () => {
    const { key } = await apps[0]!.issueKey({ rateLimit: { limit: 100, windowSeconds: 3_600 } });
    redis.freeze();
    try {
      expect(await atOnce(key, 30)).toBe(30);
    } finally {
      redis.thaw();
    }
    expect(await atOnce(key, 30)).toBe(30);
  });
});
