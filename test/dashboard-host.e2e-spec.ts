import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { TestHost } from '../src/testing';
import { axeViolations, describeInBrowser } from './support/page';

const DASHBOARD = {
  signIn: '/sign-in',
  labels: { product: 'Northwind "CRM" <i>', keysSection: 'Admin', keys: 'Access keys', createKey: 'Create New API Key' },
};

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
] as const)('the page in a host on %s', (_name, adapter) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await TestHost.start({ adapter: adapter(), keystile: { api: true, dashboard: DASHBOARD } });
  });
  afterAll(() => host.stop());

  it('opens with the same headers as in the service, and what the host says is text in it', async () => {
    const { status, headers, text } = await host.get('/api-management/keys');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    const [, nonce] = / nonce="([^"]+)"/.exec(text)!;
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(text).toContain('Northwind \\&quot;CRM\\&quot; &lt;i>');
    expect(text).not.toContain('<i>');
  });

  it('loads files that browsers may keep for ever, and answers 404 for others', async () => {
    const { text } = await host.get('/api-management');
    const [, script] = /src="(\/api-management\/assets\/[^"]+)"/.exec(text)!;
    const file = await host.get(script!);
    expect([file.status, file.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(file.headers['content-type']).toBe('text/javascript; charset=utf-8');
    for (const path of ['/api-management/assets/nothing.js', '/api-management/nothing', '/api-management/keys/org_1']) {
      expect((await host.get(path)).status).toBe(404);
    }
    const mistyped = await host.get('/api-management/nothing', { headers: { accept: 'text/html' } });
    expect([mistyped.status, mistyped.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });
});

it('the page is not where nobody asked for it, and does not come without the REST interface that it speaks to', async () => {
  const host = await TestHost.start({ keystile: { api: true } });
  try {
    expect((await host.get('/api-management')).status).toBe(404);
  } finally {
    await host.stop();
  }
  await expect(TestHost.start({ keystile: { dashboard: DASHBOARD } })).rejects.toThrow('dashboard needs api');
});

describeInBrowser('the page in a host', (browser) => {
  it('has the host’s words, its people’s keys, and nothing of Keystile’s people', async () => {
    const host = await TestHost.start({ keystile: { api: { prefix: 'keystile' }, dashboard: DASHBOARD } });
    try {
      const { key } = await host.issueKey({ name: 'of the host', scopes: [] });
      const token = await host.signIn();
      const { context, page } = await browser.openContext(host, { expects: [401, 404] });
      await page.goto(`${host.url}/api-management/keys`);
      await page.waitForURL(`${host.url}/sign-in?next=${encodeURIComponent('/api-management/keys')}`);

      await context.addCookies([{ name: 'keystile_session', value: token, url: host.url }]);
      await page.goto(`${host.url}/api-management`);
      await page.getByRole('heading', { level: 1, name: 'Access keys' }).waitFor();
      expect(await page.getByRole('navigation', { name: 'Dashboard' }).innerText()).toMatch(/^Admin\s+Access keys\s+Activity/);
      await page.getByRole('link', { name: 'of the host' }).waitFor();
      expect(await page.getByText(/Members|Roles|Sign out/).count()).toBe(0);
      expect(await axeViolations(page)).toEqual([]);

      await page.getByRole('link', { name: 'Create New API Key' }).first().click();
      await page.getByLabel('Name', { exact: true }).fill('made here');
      await page.getByRole('button', { name: 'Create New API Key' }).click();
      const made = (await page.getByTestId('secret').textContent())!;
      expect(made).not.toBe(key);
      expect((await host.get('/keystile/v1/whoami', { as: made })).status).toBe(200);
    } finally {
      await host.stop();
    }
  });
});
