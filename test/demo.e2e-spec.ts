import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../src/cli/command';
import { type Demo, fillDemo } from '../src/cli/demo';
import { FixedClock, KeystileApp, type TestPerson } from '../src/testing';

describe('keystile demo', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'keystile-demo-'));
  const now = new Date('2026-06-17T15:00:00.000Z');
  let demo: Demo;
  let app: KeystileApp;
  let olivia: TestPerson;

  beforeAll(async () => {
    demo = await fillDemo(dataDir, { keys: 40, calls: 4_000 }, now.getTime());
    app = await KeystileApp.start({
      keep: { dataDir, databaseUrl: `sqlite:${join(dataDir, 'keystile.sqlite')}` },
      clock: new FixedClock(new Date(now.getTime() + 60_000)),
    });
    olivia = await app.login('olivia@acme.example', demo.password);
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('leaves keys in every state, one that is being rotated and some that are due', async () => {
    const { body } = await app.get('/v1/api-keys?limit=100', { as: olivia.token });
    const keys = body.data as Array<Record<string, any>>;
    expect(keys).toHaveLength(demo.keys);
    expect(new Set(keys.map(({ status }) => status as string))).toEqual(new Set(['active', 'disabled', 'expired', 'revoked']));
    expect(keys.some(({ credentials }) => credentials.some(({ state }: { state: string }) => state === 'retiring'))).toBe(true);
    expect(keys.some(({ status, rotationDueAt }) => status === 'active' && Date.parse(rotationDueAt as string) < now.getTime())).toBe(true);
    expect(keys.some(({ lastUsedAt }) => lastUsedAt === null)).toBe(true);
  });

  it.each(['maya', 'tom', 'ada', 'priya'])('lets %s in', async (called) => {
    await app.login(`${called}@acme.example`, demo.password);
  });

  it('tells nothing that the service would not: the chain is whole, no call is missing, and roll-ups agree with rows', async () => {
    const as = olivia.token;
    expect((await app.get('/v1/audit-events/verify', { as })).body).toMatchObject({ valid: true, firstBrokenSequence: null });
    expect((await app.get('/v1/call-logs/completeness', { as })).body).toMatchObject({ hasNoGaps: true });

    const to = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000 - 24 * 3_600_000);
    const range = `from=${new Date(to.getTime() - 48 * 3_600_000).toISOString()}&to=${to.toISOString()}`;
    const usage = await app.get(`/v1/usage?${range}&groupBy=code`, { as });
    const counted = (usage.body.data as Array<{ calls: number }>).reduce((sum, { calls }) => sum + calls, 0);
    const rows = await app.get(`/v1/call-logs/export?format=ndjson&${range}`, { as });
    expect(counted).toBe(rows.text.trim().split('\n').length);
    expect(counted).toBeGreaterThan(50);
  });

  it('has calls that were refused, for several reasons', async () => {
    const range = `from=${new Date(now.getTime() - 30 * 24 * 3_600_000).toISOString()}`;
    const { body } = await app.get(`/v1/usage?${range}&groupBy=code&interval=day&timeZone=UTC`, { as: olivia.token });
    const codes = new Set((body.data as Array<{ group: string | null }>).map(({ group }) => group));
    for (const code of ['validation_failed', 'referrer_not_allowed', 'api_key_revoked', 'rate_limited']) expect(codes).toContain(code);
  });

  it('says where its organization is found, by the settings that the start will have', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystile-demo-'));
    const said: string[] = [];
    const words = ['demo', folder, '--keys', '1', '--calls', '10'];
    expect(await runCommand(words, { PORT: '3456' }, { out: (line) => void said.push(line), error: () => undefined })).toBe(0);
    expect(said).toContain('  Open           http://127.0.0.1:3456/api-management');
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('fills no folder that holds something', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystile-demo-'));
    writeFileSync(join(folder, 'thesis.txt'), '');
    const said: string[] = [];
    expect(await runCommand(['demo', folder], {}, { out: () => undefined, error: (line) => void said.push(line) })).toBe(1);
    expect(said.join()).toContain('is not empty');
    rmSync(folder, { recursive: true });
  });
});
