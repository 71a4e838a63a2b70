import type { Page } from 'playwright-core';

import { SetupService } from '../src/organizations';
import { KeystileApp } from '../src/testing';
import { axeViolations, describeInBrowser } from './support/page';

const PASSWORD = 'correct horse battery staple';

let app: KeystileApp;

jest.setTimeout(120_000);

beforeAll(async () => {
  app = await KeystileApp.start();
});

// One address may sign in only so often.
beforeEach(() => app.clock.move({ minutes: 5 }));

afterAll(() => app.stop());

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const pathOf = (page: Page): string => new URL(page.url()).pathname;

async function signInByForm(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

describeInBrowser('people at the page', (browser) => {
  it('T04 the printed link leads to an owner, an organization, the first key, and its first call', async () => {
    const fresh = await KeystileApp.start();
    try {
      const link = new URL((await fresh.service.mintSetupLink())!);
      const { page } = await browser.openContext(fresh);
      await page.goto(`${fresh.url}${link.pathname}${link.hash}`);
      expect(await axeViolations(page)).toEqual([]);
      await page.getByLabel('Organization').fill('Acme');
      await page.getByLabel('Your name').fill('Olivia');
      await page.getByRole('textbox', { name: 'E-mail address' }).fill('olivia@example.com');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Set up and create the first key' }).click();

      await heading(page, 'Create API key').waitFor();
      expect(new URL(page.url()).hash).toBe('');
      await page.getByLabel('Name', { exact: true }).fill('first');
      await page.getByRole('checkbox', { name: 'send_email' }).check();
      await page.getByRole('button', { name: 'Create API key' }).click();
      const key = (await page.getByTestId('secret').textContent())!;

      const command = (await page.getByLabel('Ask the service whose key it is', { exact: true }).textContent())!;
      expect(command).toContain(`curl -i ${fresh.url}/v1/whoami`);
      expect(command).toContain(key);
      const who = await fresh.get('/v1/whoami', { as: key });
      expect([who.status, who.body.type]).toEqual([200, 'api_key']);
    } finally {
      await fresh.stop();
    }
  });

  it('a link without its token, or used before, says so and what to do', async () => {
    const { page } = await browser.openContext(app, { expects: [404] });
    await app.owner();
    await page.goto(`${app.url}/api-management/setup`);
    await heading(page, 'This link does not work').waitFor();
    expect(await page.getByText('npx keystile setup-link').count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('whoever is not signed in signs in at the very screen that was asked for', async () => {
    const { email } = await app.owner();
    const { page } = await browser.openContext(app, { expects: [401] });
    await page.goto(`${app.url}/api-management/account`);
    await heading(page, 'Sign in').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await signInByForm(page, email, 'wrong password 123');
    await page.getByText('Wrong e-mail address or password').waitFor();
    await signInByForm(page, email);
    await heading(page, 'Your account').waitFor();
    expect(pathOf(page)).toBe('/api-management/account');
  });

  it('signing out in one tab ends the other, and signing in wakes it', async () => {
    const { context, page } = await browser.openContext(app, { expects: [401] });
    const { email } = await app.owner();
    await page.goto(`${app.url}/api-management/keys`);
    await signInByForm(page, email);
    await heading(page, 'API Keys').waitFor();
    const other = await context.newPage();
    await other.goto(`${app.url}/api-management/account`);
    await heading(other, 'Your account').waitFor();

    await signOut(page);
    await heading(page, 'Sign in').waitFor();
    await heading(other, 'Sign in').waitFor();
    expect((await context.request.get(`${app.url}/v1/whoami`)).status()).toBe(401);

    await signInByForm(page, email);
    await heading(other, 'Your account').waitFor();
  });

  it('a session that ends elsewhere leads to the sign-in at the next step, and back', async () => {
    const person = await app.member('admin');
    const page = await browser.open(app, { as: person, path: '/keys', expects: [401] });
    await heading(page, 'API Keys').waitFor();
    const { body: sessions } = await app.get('/v1/users/me/sessions', { as: person.token });
    for (const { id, current } of sessions.data) if (!current) await app.delete(`/v1/users/me/sessions/${id}`, { as: person.token });
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Your account' }).click();
    await heading(page, 'Sign in').waitFor();
    await signInByForm(page, person.email);
    await heading(page, 'Your account').waitFor();
  });

  it('an invitation is accepted in a second browser', async () => {
    const owner = await app.owner();
    const { body: invitation } = await app.post('/v1/invitations', {
      as: owner.token,
      body: { email: 'dev@example.com', role: 'developer' },
    });
    const { page } = await browser.openContext(app, { expects: [400, 401] });
    await page.goto(`${app.url}/api-management/accept-invitation#${invitation.token}`);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Your name').fill('Dev');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Accept and sign in' }).click();
    await page
      .getByText(/12 characters|12 to 200/)
      .nth(1)
      .waitFor();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Accept and sign in' }).click();
    await heading(page, 'API Keys').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await page.getByRole('button', { name: 'Account of Dev' }).waitFor();

    await page.goto(`${app.url}/api-management/accept-invitation#${invitation.token}`);
    await page.reload();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Accept and sign in' }).click();
    await heading(page, 'This link does not work').waitFor();
  });

  it('a forgotten password is replaced behind a link that works once', async () => {
    const person = await app.member('developer');
    const { page } = await browser.openContext(app, { expects: [401] });
    await page.goto(`${app.url}/api-management`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await heading(page, 'Forgot your password?').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'E-mail address' }).fill(person.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await heading(page, 'Look into your mailbox').waitFor();
    expect(await axeViolations(page)).toEqual([]);

    const link = new URL((await app.service.app.get(SetupService).mintResetLink(person.email))!);
    await page.goto(`${app.url}${link.pathname}${link.hash}`);
    await heading(page, 'Choose a new password').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('New password', { exact: true }).fill('a new correct horse');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await heading(page, 'Sign in').waitFor();
    await signInByForm(page, person.email, 'a new correct horse');
    await heading(page, 'API Keys').waitFor();
  });

  it('people change their name, see and end their sessions, and delete their account', async () => {
    const person = await app.member('developer');
    const { key } = await app.issueKey({ scopes: [] }, person);
    const page = await browser.open(app, { as: person, path: '/account', expects: [401] });
    await page.getByLabel('Your name').fill('Somebody Else');
    await page.getByRole('button', { name: 'Save the name' }).click();
    await page.getByRole('button', { name: 'Account of Somebody Else' }).waitFor();
    expect(await page.getByText('This one').count()).toBe(1);
    await page
      .getByRole('button', { name: /^End the session/ })
      .first()
      .click();
    await page.getByText('The session has ended.').waitFor();
    expect(await axeViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Delete your account …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
    await dialog.getByLabel('Your password, once more', { exact: true }).fill(PASSWORD);
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Delete the account' }).click();
    await heading(page, 'Sign in').waitFor();
    expect((await app.get('/v1/whoami', { as: key })).status).toBe(401);
  });

  it('whoever belongs to several organizations goes from one to the other, in all tabs', async () => {
    const owner = await app.owner();
    const other = await app.otherOrganization('Globex');
    const invitation = await app.post('/v1/invitations', { as: other.token, body: { email: owner.email, role: 'admin' } });
    await app.post('/v1/invitations/accept', { body: { token: invitation.body.token, password: PASSWORD, transport: 'bearer' } });
    await app.issueKey({ name: 'of Acme' });
    const page = await browser.open(app, { as: owner, path: '/keys' });
    await page.getByRole('link', { name: 'of Acme' }).first().waitFor();
    await page.getByRole('button', { name: 'Organization: Acme' }).click();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('menuitem', { name: 'Globex' }).click();
    await page.getByRole('button', { name: 'Organization: Globex' }).waitFor();
    await page.getByText('No keys yet').waitFor();
  });
});
