import { CallStore } from '../src/audit';
import { type Answer, KeystileApp, type TestPerson } from '../src/testing';
import { aCall, aKeyHolder } from './support/finished-call';

const KEYS = ['a', 'b', 'c'].map((letter) => `key_${letter.repeat(26)}`);
const DAY = '2026-01-14';

let app: KeystileApp;
let owner: TestPerson;

beforeAll(async () => {
  app = await KeystileApp.start();
  owner = await app.owner();
  const store = app.service.app.get(CallStore);
  // A call every seven minutes for a day: the first key has half of them, the second a third, the last a sixth.
  for (let i = 0; i < 200; i++) {
    const id = KEYS[i % 2 === 0 ? 0 : i % 3 === 0 ? 2 : 1]!;
    const principal = aKeyHolder({ id, organizationId: owner.organizationId });
    const at = new Date(Date.parse(`${DAY}T00:00:00Z`) + i * 7 * 60_000);
    store.append(aCall({ at, principal, status: i % 5 === 0 ? 403 : i % 7 === 0 ? 500 : 200, code: null, latencyMicroseconds: i * 1_000 }));
  }
  await store.flush();
});

afterAll(() => app.stop());

const get = (path: string): Promise<Answer> => app.get(path, { as: owner.token });

interface Figures {
  readonly group: string | null;
  readonly calls: number;
  readonly errors: number;
  readonly denied: number;
}

describe('GET /v1/usage/top', () => {
  // Whole quarters of an hour come from the roll-ups, the rest from the calls; the last range has no whole quarter.
  it.each([
    ['the whole day', `from=${DAY}T00:00:00Z&to=2026-01-15T00:00:00Z`],
    ['a stretch that begins and ends within quarters', `from=${DAY}T03:07:01Z&to=${DAY}T17:52:59Z`],
    ['less than a quarter', `from=${DAY}T03:01:00Z&to=${DAY}T03:14:00Z`],
  ])('says of %s what usage by time adds up to', async (_what, range) => {
    for (const groupBy of ['key', 'route', 'status', 'code']) {
      const top = await get(`/v1/usage/top?${range}&groupBy=${groupBy}`);
      const usage = await get(`/v1/usage?${range}&groupBy=${groupBy}&interval=hour`);
      const sums = new Map<string | null, number>();
      for (const { group, calls } of usage.body.data as Figures[]) sums.set(group, (sums.get(group) ?? 0) + calls);
      expect(top.status).toBe(200);
      expect(new Map((top.body.data as Figures[]).map(({ group, calls }) => [group, calls]))).toEqual(sums);
    }
  });

  it('names those with most calls first, and adds the others up', async () => {
    const range = `from=${DAY}T00:00:00Z&to=2026-01-15T00:00:00Z`;
    const { body } = await get(`/v1/usage/top?${range}&groupBy=key&limit=1`);
    const all = (await get(`/v1/usage/top?${range}&groupBy=key`)).body.data as Figures[];
    expect(body.data).toMatchObject([{ group: KEYS[0], calls: 100 }]);
    expect(all.map(({ group }) => group)).toEqual([KEYS[0], KEYS[1], KEYS[2]]);
    const rest = all.slice(1);
    const sum = (field: 'calls' | 'errors' | 'denied'): number => rest.reduce((total, one) => total + one[field], 0);
    expect(body.others).toEqual({ groups: 2, calls: sum('calls'), errors: sum('errors'), denied: sum('denied') });
    expect(body.data[0].p50Ms).toBeGreaterThan(90);
    expect(body.data[0].p50Ms).toBeLessThan(105);
  });

  it('A08.2: counts nothing of another organization', async () => {
    const stranger = await app.otherOrganization();
    const { body } = await app.get(`/v1/usage/top?groupBy=key&from=${DAY}T00:00:00Z`, { as: stranger.token });
    expect((body.data as Figures[]).map(({ group }) => group)).toEqual([null]);
  });

  it.each([
    ['', '/groupBy'],
    ['groupBy=ip', '/groupBy'],
    ['groupBy=key&limit=101', '/limit'],
    ['groupBy=key&from=2025-12-01T00:00:00Z', '/from'],
  ])('refuses ?%s', async (query, pointer) => {
    const { status, body } = await get(`/v1/usage/top?${query}`);
    expect([status, body.errors?.[0].pointer]).toEqual([400, pointer]);
  });
});

describe('GET /v1/usage?keyId=', () => {
  const range = `from=${DAY}T03:07:01Z&to=${DAY}T17:52:59Z`;
  const calls = async (query: string): Promise<number> => {
    const { body } = await get(`/v1/usage?${range}&${query}`);
    return (body.data as Figures[]).reduce((sum, one) => sum + one.calls, 0);
  };

  it('counts the calls of some keys only, together or apart', async () => {
    const { body } = await get(`/v1/usage/top?${range}&groupBy=key`);
    const of = new Map((body.data as Figures[]).map((one) => [one.group, one.calls]));
    expect(await calls(`keyId=${KEYS[1]}`)).toBe(of.get(KEYS[1]!));
    expect(await calls(`keyId=${KEYS[1]},${KEYS[2]}`)).toBe(of.get(KEYS[1]!)! + of.get(KEYS[2]!)!);
    const apart = await get(`/v1/usage?${range}&groupBy=key&keyId=${KEYS[0]},${KEYS[2]}`);
    expect(new Set((apart.body.data as Figures[]).map(({ group }) => group))).toEqual(new Set([KEYS[0], KEYS[2]]));
    expect(await calls(`keyId=key_${'9'.repeat(26)}`)).toBe(0);
  });

  it.each([
    ['another grouping', `keyId=${KEYS[0]}&groupBy=route`, '/groupBy'],
    ['what is no id', 'keyId=mine', '/keyId'],
    ['more than a hundred', `keyId=${Array.from({ length: 101 }, () => KEYS[0]).join(',')}`, '/keyId'],
  ])('refuses %s', async (_what, query, pointer) => {
    const { status, body } = await get(`/v1/usage?${query}`);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
  });
});

it('whoami tells where the call comes from', async () => {
  const { body } = await app.get('/v1/whoami', { as: owner.token, from: '127.0.0.9' });
  expect(body.ip).toBe('127.0.0.9');
});
