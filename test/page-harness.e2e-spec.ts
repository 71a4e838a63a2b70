import { KeystileApp } from '../src/testing';
import { axeViolations, describeInBrowser } from './support/page';

let app: KeystileApp;

beforeAll(async () => {
  app = await KeystileApp.start();
});

afterAll(() => app.stop());

describeInBrowser('the browser of the tests', (browser) => {
  it('shows the dashboard to whoever is signed in, at the time of the app', async () => {
    const page = await browser.open(app);
    await page.getByText('Acme').first().waitFor();
    expect(await page.evaluate('new Date().toISOString().slice(0, 13)')).toBe('2026-01-15T10');
    expect(await page.evaluate('new Date(0).toISOString()')).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each([
    [
      'a script that the policy stops',
      "document.head.append(Object.assign(document.createElement('script'), { text: '1' }))",
      /Content Security/,
    ],
    ['an answer that nobody expects', "fetch('/nothing').then(() => null)", /answer: GET .*\/nothing 404/],
    ['an exception', "setTimeout(() => { throw new Error('oops'); })", /script: Error: oops/],
    ['an error on the console', "console.error('dear me')", /console: dear me/],
  ])('does not pass over %s', async (_what, script, complaint) => {
    const page = await browser.open(app);
    await page.evaluate(script);
    await page.evaluate('new Promise((resolve) => setTimeout(() => resolve(null)))');
    await expect(browser.closePages()).rejects.toThrow(complaint);
  });

  it('sees what keeps people from using a page', async () => {
    const page = await browser.open(app);
    await page.evaluate("document.body.append(document.createElement('button'))");
    expect(await axeViolations(page)).toContainEqual(expect.stringMatching(/^dark: button-name/));
  });
});
