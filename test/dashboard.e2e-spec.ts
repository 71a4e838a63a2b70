import { readdirSync, readFileSync, statSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { type Answer, KeystileApp } from '../src/testing';

const FOLDER = join(__dirname, '..', 'dashboard', 'dist');
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

/** What Vite says of each file that it made, by its source. */
type Manifest = Readonly<Record<string, { readonly file: string; readonly imports?: readonly string[] }>>;

/** The script of a source, and the scripts that it cannot run without. */
function filesOf(manifest: Manifest, name: string): string[] {
  const { file, imports = [] } = manifest[name]!;
  return [file, ...imports.flatMap((one) => filesOf(manifest, one))];
}

/** `fetch` would decompress. */
const readBytes = (url: string, accepted: string): Promise<{ headers: IncomingHttpHeaders; bytes: Buffer }> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': accepted } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ headers: answer.headers, bytes: Buffer.concat(chunks) }));
    }).on('error', reject);
  });

describe('the dashboard', () => {
  it.each([
    '/api-management',
    '/api-management/setup',
    '/api-management/accept-invitation',
    '/api-management/forgot-password',
    '/api-management/reset-password',
    '/api-management/keys',
    '/api-management/keys/new',
    '/api-management/keys/key_01m8202fgke0080181aheemjgs',
    '/api-management/usage',
    '/api-management/calls',
    '/api-management/calls/req_01m8202fgke0080181aheemjgs',
    '/api-management/audit',
    '/api-management/audit/evt_01m8202fgke0080181aheemjgs',
    '/api-management/members',
    '/api-management/roles',
    '/api-management/service-accounts',
    '/api-management/organization',
    '/api-management/health',
    '/api-management/account',
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
    '/api-management/keys/req_01m8202fgke0080181aheemjgs',
    '/api-management/calls/key_01m8202fgke0080181aheemjgs',
    '/api-management/index.html',
    '/api-management/assets',
    '/api-management/assets/index-00000000.js',
  ])('is not at %s', async (path) => {
    const answer = await app.get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each([
    '/api-management/nothing',
    '/api-management/setup/more',
    '/api-management/keys/zzz',
    '/api-management/calls/zzz?scope=installation',
    '/api-management/audit/evt_x',
    '/api-management/assets',
  ])('shows people who look at %s in the page that there is nothing', async (path) => {
    const answer = await app.get(path, { headers: { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } });
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).toContain('<!doctype html>');
  });

  it('has no page in place of an asset', async () => {
    const answer = await app.get('/api-management/assets/nothing.js', { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('A13.4 says that it runs our own files only, is not framed, not kept and not sent on', async () => {
    const { headers, text } = await app.get('/api-management');
    const [, nonce] = / nonce="([^"]+)"/.exec(text)!;
    expect(headers).toMatchObject({
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('gives each answer a nonce of its own', async () => {
    const nonceOf = ({ text }: Answer): string => / nonce="([^"]+)"/.exec(text)![1]!;
    const nonces = [nonceOf(await app.get('/api-management')), nonceOf(await app.get('/api-management'))];
    expect(new Set(nonces).size).toBe(2);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
  });

  it('has no script, style or handler in its text, and loads nothing from elsewhere', async () => {
    const { text } = await app.get('/api-management');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
    expect(text).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//i);
    expect(text).not.toContain('{{');
  });

  it('loads files that browsers may keep for ever, each as what it is', async () => {
    const linked = assetsOf(await app.get('/api-management'));
    expect(linked.length).toBeGreaterThan(1);
    const assets = readdirSync(join(FOLDER, 'assets')).filter((name) => /\.(?:js|css)$/.test(name));
    for (const path of new Set([...linked, ...assets.map((name) => `/api-management/assets/${name}`)])) {
      const answer = await app.get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        vary: expect.stringMatching(/accept-encoding/i),
      });
    }
  });

  it.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip', 'br;q=0, gzip;q=0.5', gunzipSync],
  ])('sends them as %s to whoever reads %s', async (encoding, accepted, decompress) => {
    const [path] = assetsOf(await app.get('/api-management'));
    const plain = await app.get(path!);
    expect(plain.headers['content-encoding']).toBeUndefined();
    const { headers, bytes } = await readBytes(`${app.url}${path}`, accepted);
    expect(headers['content-encoding']).toBe(encoding);
    expect(decompress(bytes).toString()).toBe(plain.text);
  });

  it.each(['nothing.js', 'index.html', 'manifest.json', '..%2findex.html', '..%2f..%2fpackage.json', '%2e%2e'])(
    'answers 404 for the asset %s',
    async (name) => {
      const answer = await app.get(`/api-management/assets/${name}`);
      expect(answer.status).toBe(404);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );

  it('answers HEAD as GET', async () => {
    const answer = await app.call('HEAD', '/api-management');
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
  });

  it('A13.4 puts what people wrote into the page as text only, and keeps nothing in the browser', () => {
    for (const name of readdirSync(join(FOLDER, '..', 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(name)) continue;
      const script = readFileSync(join(FOLDER, '..', 'src', name), 'utf8');
      expect(script).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|dangerously|\beval\b|new Function|localStorage|sessionStorage/i,
      );
    }
  });

  it('loads less than 200 kB of compressed JavaScript, whichever screen is opened first', () => {
    const manifest = JSON.parse(readFileSync(join(FOLDER, 'manifest.json'), 'utf8')) as Manifest;
    const frame = filesOf(manifest, 'index.html');
    // Dialogs, in folders of their own, are loaded when they are opened.
    const screens = Object.keys(manifest).filter((name) => /^src\/screens\/[^/]+\.tsx$/.test(name));
    expect(screens.length).toBeGreaterThan(5);
    for (const screen of screens) {
      const files = new Set([...frame, ...filesOf(manifest, screen)]);
      const size = [...files].reduce((sum, file) => sum + statSync(join(FOLDER, `${file}.gz`)).size, 0);
      expect({ screen, isSmall: size < 200_000 }).toEqual({ screen, isSmall: true });
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
