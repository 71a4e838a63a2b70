import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';

import { FixedClock, KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { axeViolations, describeInBrowser, NARROW } from './support/page';

const TUESDAY = new Date('2026-01-13T14:30:00.000Z');
const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the dashboard shows what was called and what was changed', (browser) => {
  let app: KeystileApp;
  let owner: TestPerson;
  let mailer: TestKey;
  let hostile: TestKey;

  /** Tuesday: five good calls of one key, three that it may not make. Wednesday: one good call. Thursday is today. */
  beforeAll(async () => {
    app = await KeystileApp.start({ clock: new FixedClock(TUESDAY) });
    owner = await app.owner();
    mailer = await app.issueKey({ name: 'mailer', scopes: ['send_email'] });
    hostile = await app.issueKey({ name: HOSTILE, scopes: [] });
    for (let i = 0; i < 5; i++) await app.get('/v1/whoami', { as: mailer.key });
    for (let i = 0; i < 3; i++) await app.post('/sms', { as: mailer.key, body: {} });
    await app.get('/v1/whoami', { as: hostile.key, headers: { 'user-agent': HOSTILE } });
    app.clock.move({ days: 1 });
    await app.get('/v1/whoami', { as: mailer.key });
    app.clock.move({ days: 1 });
    owner = await app.owner();
    await app.patch(`/v1/api-keys/${mailer.id}`, { as: owner.token, body: { allowedIps: ['203.0.113.0/24'] } });
  });

  afterAll(() => app.stop());

  // Or somebody who signs in once in each test would look like one who guesses.
  beforeEach(() => app.clock.move({ minutes: 1 }));

  /** The sums of a chart's columns, as its table says. */
  async function sumsOf(chart: Locator): Promise<Record<string, number>> {
    await chart.getByText('As a table').click();
    const table = chart.getByRole('table');
    const names = (await table.getByRole('columnheader').allTextContents()).slice(1);
    const rows = await table.locator('tbody tr').all();
    const sums = Object.fromEntries(names.map((name) => [name, 0]));
    for (const row of rows) {
      const cells = await row.locator('td').allTextContents();
      cells.forEach((text, i) => (sums[names[i]!]! += Number(text.replaceAll(',', ''))));
    }
    return sums;
  }

  it('T30 Usage: the chart is what the API counts', async () => {
    const page = await browser.open(app, { path: '/usage?range=7d' });
    const asked = page.waitForResponse((answer) => answer.url().includes('groupBy=status') && answer.url().includes('/v1/usage?'));
    await page.reload();
    const { data } = (await (await asked).json()) as { data: Array<{ group: string; calls: number }> };
    const counted = (holds: (status: number) => boolean): number =>
      data.filter(({ group }) => holds(Number(group))).reduce((sum, { calls }) => sum + calls, 0);
    const chart = page.getByRole('figure', { name: 'Calls by status' });
    const sums = await sumsOf(chart);
    expect(sums).toEqual({
      'Went well': counted((status) => status < 400),
      'Refused (401, 403, 429)': 3,
      'Other 4xx': counted((status) => status >= 400 && status < 500 && ![401, 403, 429].includes(status)),
      '5xx': 0,
    });
    expect(sums['Went well']).toBeGreaterThan(6);
    await page.getByRole('region', { name: 'Most calls' }).getByRole('link', { name: 'mailer', exact: true }).waitFor();
    expect(page.url()).toContain('range=7d');
  });

  it('T30 Usage: is gone through by keyboard, and says in which zone', async () => {
    const page = await browser.open(app, { path: '/usage?range=7d&interval=day', timezoneId: 'Asia/Kolkata' });
    await page
      .getByText(/Asia\/(Kolkata|Calcutta)/)
      .first()
      .waitFor();
    const chart = page.getByRole('figure', { name: 'Calls by status' });
    await chart.getByRole('group', { name: /arrow keys/ }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getByRole('status').textContent()).toMatch(/Refused \(401, 403, 429\)3.*13 Jan/);
  });

  it('answers an auditor’s question about Tuesday, up to the exported file', async () => {
    const page = await browser.open(app, { as: 'auditor', path: '/calls' });
    await page.getByRole('button', { name: 'Last 24 hours' }).click();
    await page.getByRole('menuitem', { name: /Exact times/ }).click();
    await page.getByLabel('Not before').fill('2026-01-13T00:00');
    await page.getByLabel('Before', { exact: true }).fill('2026-01-14T00:00');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Code', exact: true }).click();
    await page.getByRole('menuitem', { name: 'insufficient_scope' }).click();
    const table = page.getByRole('table', { name: 'Calls' });
    await expectRows(table, 3);

    await table.getByRole('button', { name: 'POST /sms' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Call' });
    await drawer.getByText('Why it was answered so').waitFor();
    await drawer.getByText('send_sms').first().waitFor();
    const { searchParams } = new URL(page.url());
    const open = searchParams.get('open');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Export' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /CSV/ }).click();
    const lines = readFileSync(await (await saved).path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.includes('insufficient_scope'))).toHaveLength(3);
    expect(lines.some((line) => line.includes(open!))).toBe(true);
  });

  it('keeps in the address what is looked at', async () => {
    const page = await browser.open(app, { path: `/calls?range=7d&keyId=${mailer.id}&statusClass=4xx` });
    const table = page.getByRole('table', { name: 'Calls' });
    await expectRows(table, 3);
    await page.getByText('Key: mailer').waitFor();
    await page.getByRole('button', { name: 'Remove the filter Result' }).click();
    await expectRows(table, 9);
    expect(new URL(page.url()).search).toBe(`?range=7d&keyId=${mailer.id}`);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Path' }).click();
    await page.getByLabel('Path').fill('/sms');
    await page.keyboard.press('Enter');
    await expectRows(table, 3);
    await page.reload();
    await expectRows(table, 3);
  });

  it('shows calls as they come, until somebody pauses', async () => {
    const page = await browser.open(app, { path: '/calls?live=1' });
    await page.getByText('New calls come in by themselves').waitFor();
    const fresh = await app.issueKey({ name: 'fresh', scopes: [] });
    await app.get('/v1/whoami', { as: fresh.key });
    await page.getByRole('table', { name: 'Calls' }).getByText('fresh').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Live' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('shows who changed what, before and after, and that the chain is whole', async () => {
    const page = await browser.open(app, { path: `/audit?targetId=${mailer.id}&action=api_key.updated` });
    await page.getByRole('table', { name: 'Audit trail' }).getByRole('button', { name: 'api_key.updated' }).click();
    const drawer = page.getByRole('dialog', { name: 'Change' });
    expect(
      await drawer
        .getByRole('row', { name: /^allowedIps/ })
        .locator('ins')
        .textContent(),
    ).toContain('203.0.113.0/24');
    await drawer.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/Verified: all \d+ events are whole/).waitFor();
  });

  it('says of a row how many refused calls of a flood it stands for', async () => {
    await Promise.all(Array.from({ length: 1_250 }, () => app.get('/v1/whoami', { as: 'ks_live_guessed' })));
    const page = await browser.open(app, { path: '/calls?range=7d&scope=installation&code=rate_limited' });
    const table = page.getByRole('table', { name: 'Calls' });
    await expectRows(table, 1);
    await table.getByText('1,050 calls').waitFor();
    await table.getByRole('button', { name: 'GET /v1/whoami' }).click();
    await page.getByRole('dialog', { name: 'Call' }).getByText('1,050 of this second and address').waitFor();
  });

  it('shows whatever people and programs wrote as text', async () => {
    const page = await browser.open(app, { path: `/calls?range=7d&keyId=${hostile.id}` });
    page.on('dialog', () => {
      throw new Error('A name was run');
    });
    await page.getByRole('table', { name: 'Calls' }).getByText(HOSTILE).first().waitFor();
    await page
      .getByRole('row', { name: new RegExp('img src=x') })
      .getByRole('button')
      .first()
      .click();
    await page.getByRole('dialog', { name: 'Call' }).getByText(HOSTILE).nth(1).waitFor();
    await page.goto(`${app.url}/api-management/usage?range=7d`);
    await page.getByRole('link', { name: HOSTILE, exact: true }).waitFor();
    await page.goto(`${app.url}/api-management/audit`);
    await page.getByText(HOSTILE).first().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it.each([
    ['usage', '/usage?range=7d', null],
    ['calls', '/calls?range=7d', null],
    ['one call', '/calls?range=7d&code=insufficient_scope', 'POST /sms'],
    ['the audit trail', '/audit', null],
    ['one change', '/audit?action=api_key.updated', 'api_key.updated'],
    ['health', '/health', null],
  ])('can be used by everybody: %s', async (_what, path, opened) => {
    const page = await browser.open(app, { path });
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (opened !== null) await page.getByRole('button', { name: opened }).first().click();
    await page.waitForLoadState('networkidle');
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await axeViolations(page)).toEqual([]);
    expect(await widthBeyond(page)).toBe(0);
  });
});

/** Waits until a table has so many rows. */
async function expectRows(table: Locator, count: number): Promise<void> {
  const rows = table.locator('tbody tr');
  await rows.nth(count - 1).waitFor();
  await rows.nth(count).waitFor({ state: 'detached' });
}

/** How many pixels of the page lie beyond its right edge. */
const widthBeyond = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)');
