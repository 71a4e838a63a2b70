import { readFileSync } from 'node:fs';
import type { Download, Locator, Page } from 'playwright-core';

import { FixedClock, KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { axeViolations, describeInBrowser, NARROW } from './support/page';

const MONDAY = new Date('2026-01-12T09:15:00.000Z');

describeInBrowser('the dashboard says of its records what they are', (browser) => {
  let app: KeystileApp;
  let owner: TestPerson;
  let mailer: TestKey;

  /** Monday: two good calls, three wrong ones, one refused. Ten days later is today. */
  beforeAll(async () => {
    app = await KeystileApp.start({ clock: new FixedClock(MONDAY) });
    owner = await app.owner();
    mailer = await app.issueKey({ name: 'mailer', scopes: ['send_sms'] });
    await app.patch(`/v1/api-keys/${mailer.id}`, { as: owner.token, body: { description: 'sends reminders' } });
    app.clock.move({ seconds: 1 });
    for (let i = 0; i < 2; i++) await app.get('/v1/whoami', { as: mailer.key });
    for (let i = 0; i < 3; i++) await app.post('/sms', { as: mailer.key, body: {} });
    await app.post('/email', { as: mailer.key, body: {} });
    app.clock.move({ days: 10 });
    owner = await app.owner();
  });

  afterAll(() => app.stop());

  // Or somebody who signs in once in each test would look like one who guesses.
  beforeEach(() => app.clock.move({ minutes: 1 }));

  it('offers checkpoints and the public keys to be kept elsewhere, and whole hashes', async () => {
    const page = await browser.open(app, { path: '/health' });
    await page.getByRole('button', { name: 'Sign now' }).click();
    await page.getByRole('table', { name: 'Checkpoints' }).locator('tbody tr').first().waitFor();
    const { body: list } = await app.get('/v1/audit-events/checkpoints', { as: owner.token });
    const [newest] = list.data as Array<{ hash: string; sequence: number }>;

    expect(await saved(page, `Download the checkpoint at event ${newest!.sequence}`)).toEqual(newest);
    expect(await saved(page, 'Download checkpoints')).toMatchObject({ data: [newest] });
    expect(await saved(page, 'Download public keys')).toEqual((await app.get('/.well-known/keystile-audit-keys.json')).body);
    await page.getByRole('button', { name: 'Copy the hash' }).click();
    await page.getByRole('status').getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(newest!.hash);
  });

  it('says what the chain proves, and shows the whole hash on a phone', async () => {
    const page = await browser.open(app, { path: '/audit', size: NARROW });
    expect(await page.getByRole('link', { name: 'What that proves' }).getAttribute('href')).toBe('/docs/audit');
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^[0-9a-f]{64}$/).waitFor();
    expect(await widthBeyond(page)).toBe(0);
  });

  it('says of the log of calls that every answered one was stored, and that this is all', async () => {
    const page = await browser.open(app, { path: '/health' });
    const completeness = page.getByRole('region', { name: 'Completeness of the call log' });
    await completeness.getByText('Every answered call was stored').waitFor();
    await completeness.getByText('Whether rows were altered in the database afterwards it does not tell.').waitFor();
    expect(await page.getByRole('link', { name: 'What that proves' }).getAttribute('href')).toBe('/docs/audit');
  });

  it('shows on a phone when something was changed, to the second', async () => {
    const page = await browser.open(app, { path: `/audit?targetId=${mailer.id}`, size: NARROW });
    await page.getByText('12 Jan 2026, 09:15:00 UTC').first().waitFor();
    await page.goto(`${app.url}/api-management/keys/${mailer.id}`);
    await page.getByRole('region', { name: 'Facts' }).getByText('12 Jan 2026, 09:15:00 UTC').first().waitFor();
    expect(await widthBeyond(page)).toBe(0);
  });

  it('counts what a key’s calls came to, and leads to just these', async () => {
    const page = await browser.open(app, { path: `/keys/${mailer.id}` });
    const panel = page.getByRole('region', { name: 'Usage in 30 days' });
    await panel.getByText('errors').waitFor();
    expect((await panel.textContent())!.replaceAll(/\s+/g, ' ')).toContain('6calls2went well1refused3errors');
    await panel.getByRole('link', { name: 'All its calls' }).click();
    await expectRows(page.getByRole('table', { name: 'Calls' }), 6);
  });

  it('looks further back with the same filters where no call matches', async () => {
    const page = await browser.open(app, { path: `/calls?keyId=${mailer.id}&code=validation_failed` });
    await page.getByRole('button', { name: 'Look at all time' }).click();
    await expectRows(page.getByRole('table', { name: 'Calls' }), 3);
    expect(new URL(page.url()).search).toBe(`?keyId=${mailer.id}&code=validation_failed&range=all`);
    await page.goto(`${app.url}/api-management/calls?keyId=${mailer.id}&code=conflict&range=all`);
    await page.getByText('No call matches').waitFor();
    expect(await page.getByRole('button', { name: 'Look at' }).count()).toBe(0);
  });

  it('names the time that is asked for, whatever stands in the address', async () => {
    const page = await browser.open(app, { path: '/calls?from=garbage' });
    await page.getByRole('button', { name: 'Last 24 hours' }).waitFor();
  });

  it('says that the addresses of a busy key are those of its newest calls', async () => {
    const busy = await app.issueKey({ name: 'busy', scopes: [] });
    for (let i = 0; i < 11; i++) await Promise.all(Array.from({ length: 250 }, () => app.get('/v1/whoami', { as: busy.key })));
    const page = await browser.open(app, { path: `/keys/${busy.id}` });
    await page.getByText(/Of its calls since \d+ Jan 2026, \d\d:\d\d:\d\d UTC only/).waitFor();
  });

  it('tells a mistyped address from a page', async () => {
    const page = await browser.open(app, { path: '/nothing', expects: [404] });
    await page.getByText('There is nothing at this address').waitFor();
    await page.goto(`${app.url}/api-management/calls/zzz`);
    await page.getByRole('alert').waitFor();
  });

  it('tells a call that the endpoint refused from one that the key was refused for, and leads to what was changed before', async () => {
    const page = await browser.open(app, { path: `/calls?range=30d&keyId=${mailer.id}` });
    const table = page.getByRole('table', { name: 'Calls' });
    // The row, not the button in it.
    await table
      .getByRole('row', { name: /validation_failed/ })
      .first()
      .getByRole('cell')
      .nth(2)
      .click();
    const drawer = page.getByRole('dialog', { name: 'Call' });
    await drawer.getByText('The key was let in. The endpoint itself answered 400 (validation_failed).').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await table.getByRole('button', { name: 'POST /email' }).click();
    await drawer.getByText('What would let it through').waitFor();
    expect(await drawer.getByText('The endpoint itself').count()).toBe(0);
    await drawer.getByRole('link', { name: 'Changes of this key before this call' }).click();
    await page.getByText('Of: mailer').waitFor();
    await expectRows(page.getByRole('table', { name: 'Audit trail' }), 2);
  });

  it('finds the changes of a key by its name, and opens one from anywhere in its row', async () => {
    const page = await browser.open(app, { path: '/audit' });
    await page.getByRole('button', { name: 'Key', exact: true }).click();
    await page.getByRole('textbox', { name: 'Key' }).fill('mail');
    await page.getByRole('button', { name: /^mailer/ }).click();
    await page.getByText('Of: mailer').waitFor();
    const table = page.getByRole('table', { name: 'Audit trail' });
    await expectRows(table, 2);
    await table
      .getByRole('row', { name: /api_key.updated/ })
      .getByRole('cell')
      .nth(1)
      .click();
    const description = page.getByRole('dialog', { name: 'Change' }).getByRole('row', { name: /^description/ });
    expect(await description.locator('ins').textContent()).toBe('sends reminders');
    // There was none: nothing is struck through.
    expect(await description.locator('del').count()).toBe(0);
  });

  it('lists among refusals what was refused, each with all its figures on a phone', async () => {
    const page = await browser.open(app, { path: '/usage?range=30d&by=code', size: NARROW });
    const table = page.getByRole('table', { name: 'Most calls by code' });
    await table.getByText('insufficient_scope').waitFor();
    expect(await table.getByText('validation_failed').count()).toBe(0);
    const { x, width } = (await table
      .getByRole('row', { name: /insufficient_scope/ })
      .getByRole('cell')
      .last()
      .boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(NARROW.width);
  });
});

/** What a button saves, read as JSON. */
async function saved(page: Page, button: string): Promise<unknown> {
  const download: Promise<Download> = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  return JSON.parse(readFileSync(await (await download).path(), 'utf8'));
}

/** Waits until a table has so many rows. */
async function expectRows(table: Locator, count: number): Promise<void> {
  const rows = table.locator('tbody tr');
  await rows.nth(count - 1).waitFor();
  await rows.nth(count).waitFor({ state: 'detached' });
}

/** How many pixels of the page lie beyond its right edge. */
const widthBeyond = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)');
