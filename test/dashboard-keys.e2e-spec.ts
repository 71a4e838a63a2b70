import type { Page } from 'playwright-core';

import { KeystileApp } from '../src/testing';
import { axeViolations, describeInBrowser, NARROW } from './support/page';

const MARKUP = '<img src=x onerror=alert(1)>';

let app: KeystileApp;

jest.setTimeout(120_000);

beforeAll(async () => {
  app = await KeystileApp.start();
});

// One address may sign in only so often.
beforeEach(() => app.clock.move({ minutes: 5 }));

afterAll(() => app.stop());

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const secretOf = async (page: Page): Promise<string> => (await page.getByTestId('secret').textContent())!;
const statusOf = async (key: string): Promise<number> => (await app.get('/v1/whoami', { as: key })).status;

async function copyAndLeave(page: Page): Promise<string> {
  const key = await secretOf(page);
  await button(page, 'Copy key').click();
  await page.getByText('The key is in the clipboard.').waitFor();
  await button(page, 'Done').click();
  return key;
}

describeInBrowser('API keys at the page', (browser) => {
  it('T04 a key is made with every option, and is what was asked for', async () => {
    const { body: account } = await app.post('/v1/service-accounts', {
      as: (await app.owner()).token,
      body: { name: 'billing worker', role: 'admin' },
    });
    const page = await browser.open(app, { path: '/keys/new' });
    await page.getByLabel('Name', { exact: true }).fill('billing, production');
    await page.getByRole('radio', { name: 'Test' }).check();
    await page.getByLabel('Description').fill('Runs the invoices.');
    await page.getByLabel('Search scopes').fill('sms');
    await page.getByRole('checkbox', { name: 'send_sms' }).check();
    await page.getByLabel('Search scopes').fill('');
    await page.getByRole('checkbox', { name: '* Everything' }).check();
    await page.getByText('Whoever holds this key can do everything that you can').waitFor();
    await page.getByRole('checkbox', { name: '* Everything' }).uncheck();
    await page.getByRole('combobox', { name: 'IP allowlist' }).fill('nonsense');
    await page.keyboard.press('Enter');
    await page.getByText('nonsense: no address and no CIDR block').waitFor();
    await page.keyboard.press('Backspace');
    await page.getByRole('combobox', { name: 'IP allowlist' }).fill('203.0.113.0/24,2001:db8::7,');
    await button(page, /^Add my address, /).click();
    await page.getByRole('combobox', { name: 'Referrers' }).fill('https://app.example.com');
    await page.keyboard.press('Enter');
    await button(page, 'Add an endpoint').click();
    await page.getByLabel('Method of endpoint 1').selectOption('POST');
    await page.getByLabel('Path of endpoint 1').fill('/sms');
    await page.getByLabel('Rate limit').fill('100');
    await page.getByLabel('in', { exact: true }).selectOption('3600');
    await page.getByLabel('Expires').selectOption('30');
    await page.getByLabel('Owner', { exact: true }).selectOption(`service_account:${account.id}`);
    expect(await axeViolations(page)).toEqual([]);
    await button(page, 'Create API key').click();
    await heading(page, 'billing, production is created').waitFor();

    const { body: list } = await app.get('/v1/api-keys?q=billing', { as: (await app.owner()).token });
    expect(list.data).toMatchObject([
      {
        name: 'billing, production',
        environment: 'test',
        description: 'Runs the invoices.',
        scopes: ['send_sms'],
        allowedIps: ['203.0.113.0/24', '2001:db8::7', '127.0.0.1'],
        allowedReferrers: ['https://app.example.com'],
        allowedEndpoints: [{ method: 'POST', path: '/sms' }],
        rateLimit: { limit: 100, windowSeconds: 3600 },
        owner: { type: 'service_account', id: account.id },
      },
    ]);
    const days = (Date.parse(list.data[0].expiresAt as string) - app.clock.now().getTime()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await copyAndLeave(page);
  });

  it('the form is filled in by its address', async () => {
    const query = 'name=from+a+link&scopes=send_sms,send_email&environment=test&allowedIps=192.0.2.1&expires=7&rateLimit=5/1';
    const page = await browser.open(app, { path: `/keys/new?${query}` });
    await page.getByText('Chosen: send_sms, send_email').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('from a link');
    expect(await page.getByRole('radio', { name: 'Test' }).isChecked()).toBe(true);
    await page.getByText('192.0.2.1').waitFor();
    expect(await page.getByLabel('Expires').inputValue()).toBe('7');
    expect(await page.getByLabel('Rate limit').inputValue()).toBe('5');
  });

  it('T26 T27 T28 T29 C28 C29 a key is shown once: the focus is on Copy, and nobody leaves without it by mistake', async () => {
    const page = await browser.open(app, { path: '/keys' });
    await page.getByRole('link', { name: 'Create API key' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('shown once');
    await button(page, 'Create API key').click();
    await heading(page, 'shown once is created').waitFor();
    const key = await secretOf(page);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Copy key');
    for (const advice of [
      'you won’t be able to see it again',
      '1Password, AWS Secrets Manager or Vault',
      'Never commit it to source control',
      'environment variable',
      'Use separate keys per environment',
      'Rotate it every 90 days: issue the new key, deploy it, then revoke the old one.',
      'For fixed-IP servers, always set a whitelist.',
    ]) {
      expect(await page.getByText(advice).count()).toBeGreaterThan(0);
    }
    for (const [tab, words] of [
      ['JavaScript', 'fetch('],
      ['Python', 'urllib.request'],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByLabel(tab, { exact: true }).getByText(words).waitFor();
      expect(await page.getByText(`${app.url}/v1/whoami`).count()).toBeGreaterThan(0);
    }
    expect(await axeViolations(page)).toEqual([]);

    const question = page.getByRole('dialog', { name: 'Leave without the key?' });
    await page.keyboard.press('Escape');
    await question.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await question.getByRole('button', { name: 'Stay here' }).click();
    await question.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'API Keys' }).first().click();
    await question.getByRole('button', { name: 'Stay here' }).click();
    await question.waitFor({ state: 'hidden' });
    await page.goBack();
    await question.getByRole('button', { name: 'Stay here' }).click();
    expect(await secretOf(page)).toBe(key);

    await button(page, 'Copy key').click();
    await page.getByText('The key is in the clipboard.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
    await page.keyboard.press('Escape');
    await heading(page, 'shown once').waitFor();
    expect(await page.content()).not.toContain(key);
    await page.goBack();
    await page.goForward();
    expect(await page.content()).not.toContain(key);
  });

  it('a key that is rotated has two secrets until the old one ends', async () => {
    const old = await app.issueKey({ name: 'rotated at the page', scopes: [] });
    const page = await browser.open(app, { path: `/keys/${old.id}` });
    await button(page, 'Rotate').click();
    const dialog = page.getByRole('dialog', { name: 'Rotate rotated at the page' });
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByLabel(/^The old secret/).selectOption('3600');
    await dialog.getByRole('button', { name: 'Rotate the key' }).click();
    await heading(page, 'rotated at the page has a new secret').waitFor();
    const fresh = await copyAndLeave(page);
    expect([await statusOf(old.key), await statusOf(fresh)]).toEqual([200, 200]);

    await page.getByText('Rotating').first().waitFor();
    await page.getByText(/The old one was last used .* from 127\.0\.0\.1/).waitFor();
    await button(page, 'End it now …').click();
    const ending = page.getByRole('dialog', { name: 'End the old secret now?' });
    expect(await axeViolations(page)).toEqual([]);
    await ending.getByRole('button', { name: 'End it now' }).click();
    await page.getByText('The old secret has ended.').waitFor();
    expect([await statusOf(old.key), await statusOf(fresh)]).toEqual([401, 200]);
  });

  it('a key is revoked by whoever writes its name when it is in use, and is refused at once', async () => {
    const { id, key } = await app.issueKey({ name: 'in use', scopes: [] });
    expect(await statusOf(key)).toBe(200);
    const page = await browser.open(app, { path: '/keys' });
    await button(page, 'Actions for in use').click();
    await page.getByRole('menuitem', { name: 'Revoke …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke in use?' });
    await dialog.getByText('From 127.0.0.1').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    const revoke = dialog.getByRole('button', { name: 'Revoke the key' });
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('leaked in a build log');
    await dialog.getByLabel(/Write its name/).fill('in use');
    await revoke.click();
    await page.getByText('in use is revoked').waitFor();
    const refused = await app.get('/v1/whoami', { as: key });
    expect([refused.status, refused.body.message]).toEqual([401, 'API key has been revoked']);
    const { body } = await app.get(`/v1/api-keys/${id}`, { as: (await app.owner()).token });
    expect(body).toMatchObject({ status: 'revoked', revokeReason: 'leaked in a build log' });
  });

  it('a key that other services have verified says so, who they are, and that none of its scopes counts as unused', async () => {
    const verifier = await app.issueKey({ name: 'gateway', scopes: ['api_key.verify'] });
    const { id, key } = await app.issueKey({ name: 'partner', scopes: ['send_sms'] });
    expect((await app.post('/v1/api-keys/verify', { as: verifier.key, body: { key } })).body.valid).toBe(true);
    const page = await browser.open(app, { path: `/keys/${id}` });
    await page.getByText('of them verifications').waitFor();
    await page.getByText('Other services had it verified').waitFor();
    expect(await button(page, 'Remove unused …').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await button(page, 'Revoke').click();
    const dialog = page.getByRole('dialog', { name: 'Revoke partner?' });
    await dialog.getByText(/^Verifications for other services: 1, last/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Revoke the key' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Who had it verified' }).click();
    await page.getByText('Verified key').waitFor();
    await page.getByRole('row', { name: /\/v1\/api-keys\/verify/ }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('a key is disabled and enabled', async () => {
    const { id, key } = await app.issueKey({ name: 'paused', scopes: [] });
    const page = await browser.open(app, { path: `/keys/${id}` });
    for (const [item, action, status] of [
      ['Disable …', 'Disable the key', 401],
      ['Enable …', 'Enable the key', 200],
    ] as const) {
      await button(page, 'More').click();
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: action }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect(await statusOf(key)).toBe(status);
    }
  });

  it('what a key is called and what it may is changed', async () => {
    const { id } = await app.issueKey({ name: 'before', scopes: ['send_sms'] });
    const page = await browser.open(app, { path: `/keys/${id}` });
    await button(page, 'More').click();
    await page.getByRole('menuitem', { name: 'Edit …' }).click();
    const edited = page.getByRole('dialog', { name: 'Edit before' });
    await edited.getByRole('textbox', { name: 'Name', exact: true }).fill('after');
    expect(await axeViolations(page)).toEqual([]);
    await edited.getByRole('button', { name: 'Save' }).click();
    await heading(page, 'after').waitFor();
    await button(page, 'Change …').first().click();
    const scopes = page.getByRole('dialog', { name: 'Scopes of after' });
    await scopes.getByRole('checkbox', { name: 'send_email' }).check();
    expect(await axeViolations(page)).toEqual([]);
    await scopes.getByRole('button', { name: 'Save the scopes' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const { body } = await app.get(`/v1/api-keys/${id}`, { as: (await app.owner()).token });
    expect([body.name, body.scopes.toSorted()]).toEqual(['after', ['send_email', 'send_sms']]);
  });

  it('a key is narrowed down to what it was used for', async () => {
    const { id, key } = await app.issueKey({ name: 'too wide', scopes: ['send_sms', 'call_log.read'] });
    expect((await app.get('/v1/call-logs', { as: key })).status).toBe(200);
    const page = await browser.open(app, { path: `/keys/${id}` });
    await button(page, 'Remove unused …').click();
    await page.getByText('Removed: send_sms').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove unused' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await button(page, 'Restrict to these addresses').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restrict the key' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await button(page, 'Restrict to these routes').click();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Restrict the key' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await axeViolations(page)).toEqual([]);
    const { body } = await app.get(`/v1/api-keys/${id}`, { as: (await app.owner()).token });
    expect(body).toMatchObject({
      scopes: ['call_log.read'],
      allowedIps: ['127.0.0.1'],
      allowedEndpoints: [{ method: 'GET', path: '/v1/call-logs' }],
    });
    expect((await app.get('/v1/call-logs', { as: key })).status).toBe(200);
    expect((await app.get('/v1/usage', { as: key })).status).toBe(403);
  });

  it('what is looked for stands in the address, and every letter of a name is only ever text', async () => {
    await app.issueKey({ name: MARKUP, scopes: [], environment: 'test' });
    const page = await browser.open(app, { path: '/keys' });
    await page.getByLabel('Search by name or prefix').fill('<img');
    await page.waitForURL(/q=%3Cimg/);
    await page.getByRole('link', { name: MARKUP }).waitFor();
    await button(page, 'Environment').click();
    await page.getByRole('menuitem', { name: 'Live' }).click();
    await page.getByText('No key matches').waitFor();
    expect(new URL(page.url()).searchParams.get('environment')).toBe('live');
    expect(await axeViolations(page)).toEqual([]);
    await button(page, 'Remove the filters').click();
    await page.waitForURL((url) => url.search === '');

    await button(page, `Actions for ${MARKUP}`).click();
    expect(await axeViolations(page)).toEqual([]);
    for (const [item, title] of [
      ['Rotate …', `Rotate ${MARKUP}`],
      ['Disable …', `Disable ${MARKUP}?`],
      ['Revoke …', `Revoke ${MARKUP}?`],
    ] as const) {
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog', { name: title }).waitFor();
      await button(page, 'Cancel').click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await button(page, `Actions for ${MARKUP}`).click();
    }
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: MARKUP }).click();
    await heading(page, MARKUP).waitFor();
    await button(page, 'Rotate').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate the key' }).click();
    await heading(page, `${MARKUP} has a new secret`).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    await copyAndLeave(page);
  });

  it('the keyboard does what the mouse does', async () => {
    const page = await browser.open(app, { path: '/keys' });
    await heading(page, 'API Keys').waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Search by name or prefix');
    await page.keyboard.type('c?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('c');
    await heading(page, 'Create API key').waitFor();
  });

  it('an action is copied as the command that does the same', async () => {
    const { id } = await app.issueKey({ name: 'by command', scopes: [] });
    const page = await browser.open(app, { path: `/keys/${id}` });
    await button(page, 'Revoke').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill("it's old");
    await dialog.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('The command is in the clipboard.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      [
        `curl -X POST '${app.url}/v1/api-keys/${id}/revoke'`,
        '-H "Authorization: Bearer $KEYSTILE_KEY"',
        '-H "Content-Type: application/json"',
        String.raw`-d '{"reason":"it'\''s old"}'`,
      ].join(' \\\n  '),
    );
  });

  it('whoever may only look finds nothing to press', async () => {
    const { id } = await app.issueKey({ name: 'looked at', scopes: [] });
    const page = await browser.open(app, { as: 'auditor', path: `/keys/${id}` });
    await heading(page, 'looked at').waitFor();
    await button(page, 'More').click();
    expect(await page.getByRole('menuitem', { name: /Edit|Disable/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /Rotate|Revoke|Change|Restrict|Remove/ }).count()).toBe(0);
  });

  it.each(['/keys', '/keys/new', '/keys/:id', '/account'])('a phone shows all of %s', async (path) => {
    const { id } = await app.issueKey({ name: 'on a phone', scopes: ['send_sms'], allowedIps: ['203.0.113.0/24'] });
    const page = await browser.open(app, { path: path.replace(':id', id), size: NARROW });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('an organization without keys is told what one is for, with the command that makes one', async () => {
    const other = await app.otherOrganization();
    const page = await browser.open(app, { as: other, path: '/keys' });
    await page.getByText('No keys yet').waitFor();
    await page.getByText(`curl -X POST '${app.url}/v1/api-keys'`).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});
