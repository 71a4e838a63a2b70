import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { PROBLEMS } from '../src/common';
import { runCommand } from '../src/cli/command';
import { covers, RouteInventory, scopesOf } from '../src/permissions';
import { KeystileApp } from '../src/testing';

const PAGES = ['/docs', '/docs/authentication', '/docs/errors'];

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
  readonly parameters: ReadonlyArray<{ readonly name: string }>;
  readonly 'x-required-scopes'?: readonly string[];
}

interface Document {
  readonly openapi: string;
  readonly servers: ReadonlyArray<{ readonly url: string }>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: object;
    readonly schemas: Readonly<Record<string, { properties: Record<string, { enum: string[] }> }>>;
  };
}

let app: KeystileApp;
let text: string;
let markdown: string;

beforeAll(async () => {
  app = await KeystileApp.start();
  text = (await app.get('/docs/authentication')).text;
  markdown = (await app.get('/docs/authentication.md')).text;
});
afterAll(() => app.stop());

describe('the page about authentication', () => {
  it('T01 says what it is about, and has a heading for each', () => {
    expect(text).toContain('<p>Bearer API keys, permission scopes, IP whitelisting, and rotation.</p>');
    const headings = [...text.matchAll(/<h[12] id="[^"]+">([^<]+)<\/h[12]>/g)].map(([, words]) => words);
    expect(headings).toEqual([
      'Authentication',
      'Bearer API keys',
      'Issuing keys',
      'Permission scopes',
      'IP whitelisting',
      'Rotation',
      'Auth errors',
      'Best practices',
      'API key vs. JWT',
    ]);
  });

  it('T02 can be viewed as Markdown', async () => {
    expect(text).toContain('<a href="/docs/authentication.md">View as Markdown</a>');
    const answer = await app.get('/docs/authentication.md');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(answer.text).toMatch(/^# Authentication\n/);
  });

  it('T03 tells to send the key in the Authorization header on every request', () => {
    expect(markdown).toContain('Send your key in the `Authorization` header on every request:');
    expect(markdown).toContain('Authorization: Bearer <your-api-key>');
  });

  it('T12 tells that lost keys cannot be recovered', () => {
    expect(inOneLine(markdown)).toContain('Lost keys cannot be recovered: revoke and reissue.');
  });

  it('T14 T15 T16 T17 T18 lists five endpoints with the scopes that the service itself asks for', async () => {
    const rows = [...markdown.matchAll(/^\| `(POST) (\S+)` +\| `(\w+)` +\|$/gm)].map(([, method, path, scope]) => ({
      method,
      path,
      scope,
    }));
    expect(rows).toEqual([
      { method: 'POST', path: '/sms', scope: 'send_sms' },
      { method: 'POST', path: '/whatsapp', scope: 'send_whatsapp' },
      { method: 'POST', path: '/whatsapp/test', scope: 'send_whatsapp' },
      { method: 'POST', path: '/whatsapp/upload-header-image', scope: 'send_whatsapp' },
      { method: 'POST', path: '/email', scope: 'send_email' },
    ]);
    const { paths } = await document();
    for (const { path, scope } of rows) expect(paths[path!]?.post?.['x-required-scopes']).toEqual([scope]);
  });

  it('T20 T21 T22 T23 T24 T25 lists the errors in the words of the service', () => {
    const rows = [...markdown.matchAll(/^\| (\d{3}) +\| (.+?) +\| `(.+?)` +\|$/gm)].map(([, status, , message]) => [
      Number(status),
      message,
    ]);
    expect(rows).toEqual(
      (['missing_credentials', 'invalid_api_key', 'api_key_revoked', 'api_key_expired', 'ip_not_allowed'] as const).map((code) => [
        PROBLEMS[code].status,
        PROBLEMS[code].message,
      ]),
    );
    expect(markdown).toMatch(/^\| Status +\| Reason +\| `message` +\|$/m);
  });

  it.each([
    ['T26', 'For server-to-server integrations on fixed-IP infrastructure, always set a whitelist.'],
    ['T27', 'Treat keys as secrets. Store them in 1Password, AWS Secrets Manager or Vault. Never commit them to source control.'],
    ['T28', 'Use separate keys per environment: staging keys for staging, production keys for production.'],
    ['T29', 'Rotate keys every 90 days. Issue the new key, deploy it, then revoke the old one.'],
    ['T32', 'Don’t issue a `send_sms` + `send_whatsapp` + `send_email` key for a service that only sends SMS.'],
    ['T33', 'Two authentication methods work on the same endpoints:'],
    ['T34', '**JWT**: used by the web dashboard (cookie-based, short-lived: 15 minutes)'],
    ['T35', '**API key**: used by external integrations (Bearer header, long-lived, scoped)'],
    ['T36', 'Which one you are using is detected from the shape of the token'],
    ['T37', 'As an external integrator you should always use API keys; JWT is reserved for the web UI.'],
  ])('%s says: %s', (_id, sentence) => {
    expect(inOneLine(markdown)).toContain(sentence);
  });

  it('has an example that works as it stands', async () => {
    const { key } = await app.issueKey({ scopes: ['send_sms'] });
    const [command] = /curl -X POST "\S+\/sms"(?:.|\n)+?\n(?=```)/.exec(markdown) ?? [];
    expect(command).toContain(`"${app.url}/sms"`);
    expect(JSON.parse(await shell(command!, { KEYSTILE_KEY: key }))).toMatchObject({ status: 'queued' });
  });
});

describe('the page about the record of changes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keystile-auditor-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('can be viewed as Markdown', async () => {
    expect((await app.get('/docs/audit')).text).toContain('<a href="/docs/audit.md">View as Markdown</a>');
    const answer = await app.get('/docs/audit.md');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/markdown; charset=utf-8']);
    expect(answer.text).toMatch(/^# The record of changes\n/);
    expect(answer.text).not.toContain('http://127.0.0.1:3000');
  });

  it('can be followed by an auditor as it stands', async () => {
    const auditor = await app.member('auditor', { email: 'auditor@example.com' });
    const page = (await app.get('/docs/audit.md')).text;
    const commands = [...page.matchAll(/^```bash\n((?:.|\n)+?)^```$/gm)].map(([, command]) => command!);
    const online = commands.filter((command) => command.includes('curl'));
    const offline = commands.find((command) => command.startsWith('node dist/cli/keystile.js '));
    expect(online).toHaveLength(4);
    const key = await app.issueKey({ scopes: [] });
    expect((await app.get('/v1/roles', { as: key.key })).status).toBe(403);
    const found = { FOUND: key.prefix, FROM: '2026-01-01T00:00:00Z', TO: '2026-02-01T00:00:00Z' };
    const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', online.join('\n')], {
      cwd: folder,
      env: { ...process.env, AUDITOR_EMAIL: auditor.email, AUDITOR_PASSWORD: auditor.password, ...found },
    });
    // What was called, that it was refused and why, who made the key, and that nothing is missing.
    for (const told of ['"path":"/v1/roles"', '"insufficient_scope"', '"action":"api_key.created"', '"hasNoGaps":true']) {
      expect(stdout).toContain(told);
    }
    const said: string[] = [];
    const write = (line: string): void => void said.push(line);
    const words = offline!.trim().split(' ').slice(2);
    const inFolder = words.map((word) => (/\.(ndjson|json)$/.test(word) ? join(folder, word) : word));
    expect(await runCommand(inFolder, {}, { out: write, error: write })).toBe(0);
    expect(said).toEqual([expect.stringMatching(/^Whole: /), 'Agrees with 1 checkpoint, 1 signature checked.']);
  });

  it('names the scopes that the service itself asks for, all of which auditors hold', async () => {
    const page = (await app.get('/docs/audit.md')).text;
    const named = page
      .split('\n')
      .filter((line) => /^\| .*\| `\w+\.\w+`/.test(line))
      .flatMap((line) => [...line.matchAll(/`(\w+\.\w+)`/g)].map(([, scope]) => scope!));
    const { body } = await app.get('/v1/whoami', { as: (await app.member('auditor')).token });
    expect(new Set(named)).toEqual(
      new Set(['audit_event.read', 'audit_event.checkpoint', 'call_log.read', 'api_key.read', 'call_log.export']),
    );
    for (const scope of named) expect(covers(body.scopes as string[], scope)).toBe(true);
  });
});

describe('the page about errors', () => {
  it('has an anchor for every code, with its status and exact message', async () => {
    const page = (await app.get('/docs/errors')).text;
    for (const [code, { message }] of Object.entries(PROBLEMS)) {
      const [section = ''] = new RegExp(`<article class="problem" id="${code}">(?:.|\\n)+?</article>`).exec(page) ?? [];
      expect(section).toContain(`<p class="message">${message}</p>`);
    }
  });

  it('is where the type of a problem leads', async () => {
    const { body } = await app.get('/v1/whoami');
    const [path, anchor] = (body.type as string).split('#');
    expect((await app.get(path!)).text).toContain(`id="${anchor!}"`);
  });

  it('has an anchor for each status that the reference links to', async () => {
    const links = [...(await app.get('/docs')).text.matchAll(/\/docs\/errors#(status-\d+)/g)].map(([, anchor]) => anchor!);
    const page = (await app.get('/docs/errors')).text;
    expect(links.length).toBeGreaterThan(0);
    for (const anchor of new Set(links)) expect(page).toContain(`id="${anchor}"`);
  });
});

describe('the reference', () => {
  it('shows every operation with its scopes and a command for this very service', async () => {
    const page = (await app.get('/docs')).text;
    for (const { method, path, operation } of operations(await document())) {
      const [section = ''] = new RegExp(`<article class="operation" id="${operation.operationId}">(?:.|\\n)+?</article>`).exec(page) ?? [];
      expect(section.replaceAll('<wbr />', '')).toContain(path);
      expect(section).toContain(method);
      for (const scope of operation['x-required-scopes'] ?? []) expect(section).toContain(`<code>${scope}</code>`);
      expect(section).toContain(`&quot;${app.url}${path.replace(/\{.*/, '')}`);
    }
  });

  it('has commands that work as they stand', async () => {
    const { key } = await app.issueKey({ scopes: ['*'] });
    const page = (await app.get('/docs')).text;
    for (const id of ['whoami', 'listScopes', 'getLiveness', 'getCurrentApiKey', 'listApiKeys']) {
      const [, command = ''] = new RegExp(`id="${id}">(?:.|\\n)+?<pre[^>]*><code>((?:.|\\n)+?)</code>`).exec(page) ?? [];
      const answer = await shell(`${command.replaceAll('&quot;', '"').replaceAll('&#39;', "'")} -f`, { KEYSTILE_KEY: key });
      expect(JSON.parse(answer)).toBeInstanceOf(Object);
    }
  });
});

describe('every page', () => {
  it.each(PAGES)('%s runs no script, has no style of its own and loads its stylesheet from here', async (path) => {
    const { text: page, headers } = await app.get(path);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/i);
    const [, stylesheet] = /<link rel="stylesheet" href="([^"]+)"/.exec(page) ?? [];
    expect(await app.get(stylesheet!)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' },
    });
  });

  it.each(PAGES)('%s leads nowhere that is not there', async (path) => {
    const { text: page } = await app.get(path);
    const links = [...page.matchAll(/href="(\/[^"]*|#[^"]*)"/g)].map(([, link]) => (link!.startsWith('#') ? `${path}${link!}` : link!));
    for (const link of new Set(links)) {
      const [target, anchor] = link.split('#');
      const answer = target === path ? { status: 200, text: page } : await app.get(target!);
      expect({ link, status: answer.status }).toEqual({ link, status: 200 });
      if (anchor !== undefined) expect({ link, found: answer.text.includes(`id="${anchor}"`) }).toEqual({ link, found: true });
    }
  });

  it('is reached from the address of the service', async () => {
    expect(await app.get('/')).toMatchObject({ status: 302, headers: { location: '/api-management' } });
  });

  it('another stylesheet is not there', async () => {
    expect((await app.get('/docs/assets/000000000000.css')).status).toBe(404);
  });
});

describe('the OpenAPI document', () => {
  it('is of version 3.1 and knows where the service is', async () => {
    expect(await document()).toMatchObject({ openapi: '3.1.0', servers: [{ url: app.url }] });
  });

  it('T13 says of every operation who may call it, as the routes do', async () => {
    const routes = new Map(app.service.app.get(RouteInventory).routes.map((route) => [`${route.method} ${route.path}`, route.access]));
    const found = operations(await document());
    expect(found.length).toBeGreaterThan(40);
    for (const { method, path, operation } of found) {
      const access = routes.get(`${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`)!;
      expect({ path, scopes: operation['x-required-scopes'] ?? [] }).toEqual({ path, scopes: scopesOf(access) });
      expect({ path, open: operation.security.length === 0 }).toEqual({ path, open: access.kind === 'public' });
      for (const scope of scopesOf(access)) expect(operation.description).toContain(`\`${scope}\``);
    }
  });

  it('leaves out pages only', async () => {
    const known = new Set(operations(await document()).map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`));
    const missing = app.service.app
      .get(RouteInventory)
      .routes.filter(({ method, path }) => !['HEAD', 'OPTIONS'].includes(method) && !known.has(`${method} ${path}`));
    for (const { path, access } of missing) {
      expect(path).toMatch(/^\/(?:$|docs|openapi\.json|api-management)/);
      expect(access.kind).toBe('public');
    }
  });

  it('names each operation once, under one heading', async () => {
    const found = operations(await document());
    expect(new Set(found.map(({ operation }) => operation.operationId)).size).toBe(found.length);
    for (const { operation } of found) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(operation.tags).toHaveLength(1);
    }
  });

  it('lists every code of a problem', async () => {
    const { components } = await document();
    expect(components.schemas.Problem!.properties.code!.enum).toEqual(Object.keys(PROBLEMS));
  });

  it.each([
    ['/v1/api-keys', 'post', ['400', '401', '403', '409', '413', '415', '422', '429', '503'], ['Idempotency-Key']],
    ['/v1/api-keys/{id}', 'get', ['400', '401', '403', '404', '429', '503'], []],
    ['/v1/api-keys/{id}', 'patch', ['400', '401', '403', '404', '409', '412', '413', '415', '429', '503'], ['If-Match']],
    ['/health/live', 'get', ['503'], []],
  ])('%s %s says how it can be refused, and by which headers it is steered', async (path, method, statuses, headers) => {
    const operation = (await document()).paths[path]![method]!;
    const refusals = Object.keys(operation.responses).filter((status) => Number(status) >= 400);
    expect(refusals).toEqual(expect.arrayContaining(statuses));
    expect(operation.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(headers));
  });
});

const document = async (): Promise<Document> => (await app.get<Document>('/openapi.json')).body;

const operations = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

const inOneLine = (words: string): string => words.replace(/\s+/g, ' ');

/** Runs a command as a reader would, with what the page tells to put into variables. */
async function shell(command: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', command.replace('curl', 'curl -s')], { env: { ...process.env, ...env } });
  return stdout;
}
