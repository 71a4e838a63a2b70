import { CallStore } from '../src/audit';
import { CallRetention } from '../src/audit/call-retention';
import { KeystileApp, type TestPerson } from '../src/testing';
import { aCall, aKeyHolder } from './support/finished-call';

const DAY_MS = 24 * 3_600_000;

describe('the retention of calls', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  let other: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
    other = await app.otherOrganization();
    const path = `/v1/organizations/${other.organizationId}`;
    expect((await app.patch(path, { as: other.token, body: { callLogRetentionDays: 7, usageRetentionDays: 30 } })).status).toBe(200);
  });

  afterAll(() => app.stop());

  const count = async (table: string): Promise<number> => {
    const [{ calls }] = await app.service.callDatabase.query<[{ calls: unknown }]>(`SELECT COUNT(*) AS calls FROM ${table}`);
    return Number(calls);
  };
  const retention = (): CallRetention => app.service.app.get(CallRetention);

  it('deletes what is older than each organization keeps it, once an hour, and says so', async () => {
    const store = app.service.app.get(CallStore);
    const now = app.clock.now().getTime();
    const ages = [1, 6, 8, 40, 89, 98, 731];
    for (const days of ages) {
      for (const organizationId of [owner.organizationId, other.organizationId, null]) {
        const principal = organizationId === null ? null : aKeyHolder({ organizationId });
        store.append(aCall({ at: new Date(now - days * DAY_MS), principal }));
      }
    }
    for (let i = 0; i < 2_100; i++)
      store.append(aCall({ at: new Date(now - 200 * DAY_MS + i), principal: aKeyHolder({ organizationId: other.organizationId }) }));
    await store.flush();
    const before = await count('keystile_call_logs');
    const usage = await count('keystile_usage_by_key');

    expect(await Promise.all([retention().run(), retention().run()])).toEqual(expect.arrayContaining([true, false]));

    // Of the owner and of nobody: 98 and 731 days (on MySQL their week falls as a whole); of the other organization all but two, and the many.
    expect(before - (await count('keystile_call_logs'))).toBe(2 + 2 + 5 + 2_100);
    expect(usage - (await count('keystile_usage_by_key'))).toBeGreaterThanOrEqual(1 + 1 + 4);
    const { status, body } = await app.get('/v1/call-logs/retention', { as: other.token });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        callLogDays: 7,
        usageDays: 30,
        lastStartedAt: app.clock.now().toISOString(),
        lastFinishedAt: app.clock.now().toISOString(),
        removedCalls: 2_109,
      }),
    ]);
    expect((await app.get('/v1/call-logs/retention', { as: owner.token })).body).toMatchObject({ callLogDays: 90, usageDays: 730 });
    app.clock.move({ minutes: 61 });
    expect(await retention().run()).toBe(true);
  });

  it('A19: shows completeness to whoever may read calls, and to nobody else', async () => {
    const [reader, stranger] = [await app.issueKey({ scopes: ['call_log.read'] }), await app.issueKey({ scopes: ['send_sms'] })];
    const completenessFor = async (as: string): Promise<unknown[]> => {
      const { status, body } = await app.get('/v1/call-logs/completeness', { as });
      return [status, body.hasNoGaps, body.data[0]?.state, body.data[0]?.pending];
    };
    const operator = await app.owner();
    expect(await completenessFor(operator.token)).toEqual([200, true, 'running', 0]);
    // What the installation has answered is nobody's business but the operator's.
    const { token } = await app.otherOrganization();
    for (const as of [reader.key, token]) expect(await completenessFor(as)).toEqual([200, true, undefined, undefined]);
    expect((await app.get('/v1/call-logs/completeness', { as: stranger.key })).status).toBe(403);
  });
});
