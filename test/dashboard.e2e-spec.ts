import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Answer, KeystileApp } from '../src/testing';

const FOLDER = join(__dirname, '..', 'dashboard');
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };
const PASSWORD = 'correct horse battery staple';

let app: KeystileApp;

beforeAll(async () => {
  app = await KeystileApp.start();
});

afterAll(() => app.stop());

/** What a browser would send back. */
const cookieOf = ({ cookies }: Answer): string => cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ');

const assetsOf = ({ text }: Answer): string[] =>
  [...text.matchAll(/(?:src|href)="(\/api-management\/assets\/[^"]+)"/g)].map((match) => match[1]!);

describe('the dashboard', () => {
  it.each([
    '/api-management',
    '/api-management/new-key',
    '/api-management/calls',
    '/api-management/calls/req_01m8202fgke0080181aheemjgs',
    '/api-management/setup',
    '/api-management/accept-invitation',
    '/api-management/forgot-password',
    '/api-management/reset-password',
    '/api-management?utm_source=mail',
  ])('opens at %s', async (path) => {
    const answer = await app.get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.text).toContain('<!doctype html>');
  });

  it.each([
    '/api-management/nothing',
    '/api-management/setup/more',
    '/api-management/calls/key_01m8202fgke0080181aheemjgs',
    '/api-management/index.html',
    '/api-management/assets',
    '/api-management/assets/000000000000/main.js',
  ])('is not at %s', async (path) => {
    const answer = await app.get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('A13.4 says that it runs our own files only, is not framed, not kept and not sent on', async () => {
    const { headers } = await app.get('/api-management');
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('has no script, style or handler in its text, and loads nothing from elsewhere', async () => {
    const { text } = await app.get('/api-management');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//i);
    expect(text).not.toContain('{{');
  });

  it('loads files that browsers may keep for ever, each as what it is', async () => {
    const assets = assetsOf(await app.get('/api-management'));
    expect(new Set(assets.map((path) => path.split('/').at(-1)))).toEqual(
      new Set(readdirSync(FOLDER).filter((name) => /\.(?:js|css)$/.test(name))),
    );
    for (const path of assets) {
      const answer = await app.get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it.each(['nothing.js', 'index.html', '..%2f..%2fpackage.json', '%2e%2e'])('answers 404 for the asset %s', async (name) => {
    const [main] = assetsOf(await app.get('/api-management'));
    const answer = await app.get(`${main!.slice(0, main!.lastIndexOf('/'))}/${name}`);
    expect(answer.status).toBe(404);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers HEAD as GET', async () => {
    const answer = await app.call('HEAD', '/api-management');
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
  });

  it('A13.4 puts what people wrote into the page as text only', () => {
    for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.js'))) {
      const script = readFileSync(join(FOLDER, name), 'utf8');
      expect(script).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|localStorage|sessionStorage/,
      );
    }
  });

  it('T26 T27 T28 T29 C28 tells where keys are made how they are kept', async () => {
    const text = (await app.get('/api-management')).text.replaceAll(/\s+/g, ' ');
    for (const advice of [
      'For fixed-IP servers, always set a whitelist.',
      '1Password, AWS Secrets Manager or Vault',
      'Never commit it to source control',
      'environment variable',
      'Use separate keys per environment',
      'Rotate it every 90 days: issue the new key, deploy it, then revoke the old one.',
    ]) {
      expect(text).toContain(advice);
    }
  });
});

describe('T04 keys are issued from the dashboard', () => {
  it('by whoever set the installation up, with the cookie of the session alone', async () => {
    const fresh = await KeystileApp.start();
    try {
      const link = new URL((await fresh.service.mintSetupLink())!);
      expect(link.pathname).toBe('/api-management/setup');
      const body = {
        token: link.hash.slice(1),
        email: 'o@example.com',
        password: PASSWORD,
        name: 'O',
        organizationName: 'Acme',
        transport: 'cookie',
      };
      const setUp = await fresh.post('/v1/setup', { body, headers: SAME_ORIGIN });
      expect(setUp.status).toBe(201);
      expect(setUp.text).not.toContain('eyJ');

      const headers = { ...SAME_ORIGIN, cookie: cookieOf(setUp) };
      const issued = await fresh.post('/v1/api-keys', { headers, body: { name: 'first', scopes: ['send_email'] } });
      expect(issued.status).toBe(201);
      expect((await fresh.get('/v1/whoami', { as: issued.body.key as string })).status).toBe(200);

      const list = await fresh.get('/v1/api-keys', { headers });
      expect(list.body.data).toMatchObject([{ name: 'first', status: 'active' }]);
      expect(list.text).not.toContain(issued.body.key);
    } finally {
      await fresh.stop();
    }
  });

  it('not by other pages, and not without a session', async () => {
    const { email } = await app.owner();
    const session = await app.post('/v1/auth/login', { body: { email, password: PASSWORD, transport: 'cookie' }, headers: SAME_ORIGIN });
    const body = { name: 'stolen', scopes: [] };
    const crossSite = await app.post('/v1/api-keys', { headers: { cookie: cookieOf(session), 'sec-fetch-site': 'cross-site' }, body });
    expect([crossSite.status, crossSite.body.code]).toEqual([403, 'csrf_rejected']);
    expect((await app.post('/v1/api-keys', { headers: SAME_ORIGIN, body })).status).toBe(401);
  });

  it('goes on after the access token has expired, by renewing it with the other cookie', async () => {
    const { email } = await app.owner();
    const session = await app.post('/v1/auth/login', { body: { email, password: PASSWORD, transport: 'cookie' }, headers: SAME_ORIGIN });
    app.clock.move({ minutes: 16 });
    const headers = { ...SAME_ORIGIN, cookie: cookieOf(session) };
    expect((await app.get('/v1/whoami', { headers })).status).toBe(401);
    const renewed = await app.post('/v1/auth/refresh', { headers });
    expect(renewed.status).toBeLessThan(300);
    expect((await app.get('/v1/whoami', { headers: { ...SAME_ORIGIN, cookie: cookieOf(renewed) } })).status).toBe(200);
  });
});
