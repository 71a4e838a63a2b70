import type { Page } from 'playwright-core';

import { KeystileApp, type TestPerson } from '../src/testing';
import { axeViolations, describeInBrowser, NARROW } from './support/page';

const SCREENS = ['/keys', '/usage', '/calls', '/audit', '/members', '/roles', '/service-accounts', '/organization', '/health'];
const HOSTILE = '<img src=x onerror=alert(1)>';

/** What a button says that changes something. */
const CHANGES = /^(new|create|invite|make|change|save|remove|delete|revoke|rotate|disable|enable|suspend|restore|take back|actions for)/i;

describeInBrowser('the dashboard of an organization', (browser) => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });

  afterAll(() => app.stop());

  // Or somebody who signs in once in each test would look like one who guesses.
  beforeEach(() => app.clock.move({ minutes: 1 }));

  const opened = async (page: Page): Promise<void> => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
  };

  it('lets an auditor see everything and change nothing: no button is there that the API would refuse', async () => {
    await app.issueKey({ name: 'mailer' });
    const page = await browser.open(app, { as: 'auditor' });
    for (const path of SCREENS) {
      await page.goto(`${app.url}/api-management${path}`);
      await opened(page);
      const buttons = await page.getByRole('main').getByRole('button').all();
      const names = await Promise.all(
        buttons.map(async (button) => (await button.getAttribute('aria-label')) ?? (await button.textContent()) ?? ''),
      );
      expect([path, names.filter((name) => CHANGES.test(name) && name !== 'Actions for mailer')]).toEqual([path, []]);
    }
  });

  it('shows a developer no members, also not at their address', async () => {
    const page = await browser.open(app, { as: 'developer' });
    await opened(page);
    const navigation = page.getByRole('navigation', { name: 'Dashboard' });
    await navigation.getByRole('link', { name: 'Usage' }).waitFor();
    expect(await navigation.getByRole('link', { name: 'Members' }).count()).toBe(0);
    await page.goto(`${app.url}/api-management/members`);
    await page.getByText('This is not for your role').waitFor();
    expect(await page.getByText(owner.email).count()).toBe(0);
  });

  it('invites somebody, whose link is shown once and works', async () => {
    const page = await browser.open(app, { path: '/members' });
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    const link = (await page.getByRole('dialog').getByLabel('Invitation link', { exact: true }).textContent())!;
    const [, token] = link.split('#');
    const accepted = await app.post('/v1/invitations/accept', {
      body: { token, name: 'Ada', password: 'correct horse battery staple', transport: 'bearer' },
    });
    expect(accepted.status).toBe(201);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByRole('table', { name: 'Members' }).getByText('ada@example.com').waitFor();
    expect(await page.getByText(token!).count()).toBe(0);
  });

  it('gives somebody another role, and removes them after saying what becomes of their keys', async () => {
    const tom = await app.member('developer', { email: 'tom@example.com' });
    const dying = await app.issueKey({ name: 'dies with tom' }, tom);
    const staying = await app.issueKey({ name: 'outlives tom', onOwnerRemoved: 'transfer' }, tom);
    const page = await browser.open(app, { path: '/members' });
    const row = page.getByRole('table', { name: 'Members' }).getByRole('row', { name: /tom@example\.com/ });
    await row.getByRole('button', { name: /Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Change the role' }).click();
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'Admin' }).click();
    await page.getByRole('button', { name: 'Change the role' }).click();
    await row.getByText('Admin').waitFor();

    await row.getByRole('button', { name: /Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('listitem').filter({ hasText: 'dies with tom' }).textContent()).toContain('is revoked');
    expect(await dialog.getByRole('listitem').filter({ hasText: 'outlives tom' }).textContent()).toContain('goes to the organization');
    await dialog.getByRole('button', { name: /^Remove/ }).click();
    await row.waitFor({ state: 'detached' });
    expect((await app.get('/v1/whoami', { as: dying.key })).status).toBe(401);
    expect((await app.get('/v1/whoami', { as: staying.key })).status).toBe(200);
  });

  it('makes a role of chosen scopes, changes it and deletes it', async () => {
    const page = await browser.open(app, { path: '/roles' });
    await page.getByRole('button', { name: 'New role' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Support');
    await dialog.getByLabel('Search scopes').fill('call_log.read');
    await dialog.getByRole('checkbox', { name: 'call_log.read' }).check();
    await dialog.getByRole('button', { name: 'Make the role' }).click();
    const row = page.getByRole('row', { name: /Support/ });
    await row.getByText('call_log.read').waitFor();

    await row.getByRole('button', { name: 'Actions for Support' }).click();
    await page.getByRole('menuitem', { name: 'Change' }).click();
    await page.getByRole('dialog').getByLabel('Description').fill('Looks things up');
    await page.getByRole('button', { name: 'Change the role' }).click();
    await row.getByText('Looks things up').waitFor();

    await row.getByRole('button', { name: 'Actions for Support' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the role' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('makes a service account, whose keys stop while it is disabled', async () => {
    const page = await browser.open(app, { path: '/service-accounts' });
    await page.getByRole('button', { name: 'New service account' }).first().click();
    await page.getByRole('dialog').getByLabel('Name').fill('billing');
    await page.getByRole('button', { name: 'Make the account' }).click();
    const row = page.getByRole('row', { name: /billing/ });
    await row.getByText('active').waitFor();
    const { body } = await app.get('/v1/service-accounts', { as: (await app.owner()).token });
    const id = (body.data as Array<{ id: string; name: string }>).find(({ name }) => name === 'billing')!.id;
    const key = await app.issueKey({ name: 'invoices', owner: { type: 'service_account', id } });
    await row.getByRole('button', { name: 'Actions for billing' }).click();
    await page.getByRole('menuitem', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await row.getByText('disabled').waitFor();
    expect((await app.get('/v1/whoami', { as: key.key })).body.code).toBe('owner_inactive');
  });

  it('sets rules for new keys, which hold from then on', async () => {
    const page = await browser.open(app, { path: '/organization' });
    await page.getByLabel('New keys need an IP allowlist').check();
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await page.getByText('Saved.').waitFor();
    const refused = await app.post('/v1/api-keys', { as: (await app.owner()).token, body: { name: 'open', scopes: [] } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/allowedIps']);
    await page.getByLabel('New keys need an IP allowlist').uncheck();
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await page.getByRole('button', { name: 'Save the rules', disabled: true }).waitFor();
  });

  it('is deleted by whoever writes its name', async () => {
    const other = await app.otherOrganization('Doomed');
    const page = await browser.open(app, { as: other, path: '/organization', expects: [401] });
    await page.getByRole('button', { name: 'Delete the organization' }).click();
    const dialog = page.getByRole('dialog');
    const button = dialog.getByRole('button', { name: 'Delete the organization' });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel(/Write the name/).fill('Doomed');
    await button.click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    expect((await app.get('/v1/whoami', { as: other.token })).status).toBe(401);
  });

  it('shows names as text', async () => {
    const { token } = await app.owner();
    await app.post('/v1/roles', { as: token, body: { name: HOSTILE, description: HOSTILE, scopes: [] } });
    await app.post('/v1/service-accounts', { as: token, body: { name: HOSTILE, description: HOSTILE, role: 'auditor' } });
    const page = await browser.open(app);
    for (const path of ['/roles', '/service-accounts']) {
      await page.goto(`${app.url}/api-management${path}`);
      await page.getByText(HOSTILE).first().waitFor();
      expect(await page.locator('img[src="x"]').count()).toBe(0);
    }
  });

  it.each([
    ['members', '/members', null],
    ['an invitation', '/members', 'Invite'],
    ['roles', '/roles', null],
    ['a new role', '/roles', 'New role'],
    ['service accounts', '/service-accounts', null],
    ['a new service account', '/service-accounts', 'New service account'],
    ['the organization', '/organization', null],
    ['its end', '/organization', 'Delete the organization'],
  ])('can be used by everybody: %s', async (_what, path, button) => {
    const page = await browser.open(app, { path });
    await opened(page);
    if (button !== null) await page.getByRole('main').getByRole('button', { name: button }).first().click();
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)')).toBe(0);
  });
});
