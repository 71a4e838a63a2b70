// node scripts/screenshots.mjs [folder] [--only <name>] [--data <folder of keystile demo> --password <its password>], after `npm run build`:
// pictures of each screen of the dashboard, light, dark and narrow, with the data of `keystile demo`. Default folder: ./screenshots.
// With --readme: the two of the README, into docs/images.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    password: { type: 'string' },
    only: { type: 'string' },
    readme: { type: 'boolean', default: false },
  },
});
const folder = resolve(values.readme ? 'docs/images' : (positionals[0] ?? 'screenshots'));
const FLAGS = ['--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--hide-scrollbars'];
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1360, height: 850 } },
  dark: { colorScheme: 'dark', viewport: { width: 1360, height: 850 } },
  narrow: { colorScheme: 'light', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
};

const require = createRequire(import.meta.url);
const { startService } = require('../dist/service.js');
const { fillDemo } = require('../dist/cli/demo.js');

const dataDir = values.data ? resolve(values.data) : mkdtempSync(join(tmpdir(), 'keystile-screenshots-'));
const password = values.data ? values.password : (await fillDemo(dataDir, { keys: 38, calls: 80_000 })).password;
const service = await startService({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }, { print: () => undefined });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, chromiumSandbox: false });
mkdirSync(folder, { recursive: true });
try {
  if (values.readme) {
    await takeForReadme('light', 'keys', '/keys');
    await takeForReadme('dark', 'usage', '/usage?range=7d');
  } else {
    for (const [look, options] of Object.entries(LOOKS)) await takeAll(look, options);
  }
} finally {
  await browser.close();
  await service.stop();
  if (!values.data) rmSync(dataDir, { recursive: true });
}

async function takeForReadme(look, name, path) {
  const context = await browser.newContext({ ...LOOKS[look], locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
  await signIn(context);
  await take(await context.newPage(), name, path, () => undefined);
  await context.close();
}

async function takeAll(look, options) {
  const context = await browser.newContext({ ...options, locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.error(`${look}: ${message.text()}`));
  if (!values.only) await take(page, `sign-in-${look}`, '/keys');
  await signIn(context);
  for (const [name, path, act] of await screens(context)) {
    if (values.only && !name.startsWith(values.only)) continue;
    await take(page, `${name}-${look}`, path, act);
  }
  await context.close();
}

async function signIn(context) {
  const signedIn = await context.request.post(`${service.url}/v1/auth/login`, {
    data: { email: 'olivia@acme.example', password, transport: 'cookie' },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  if (!signedIn.ok()) throw new Error(`Signing in was answered with ${signedIn.status()}`);
}

async function take(page, name, path, act) {
  await page.goto(`${service.url}/api-management${path}`);
  await page.waitForLoadState('networkidle');
  if (act) {
    await act(page);
    await page.waitForLoadState('networkidle');
  }
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => null)');
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: !act });
  console.log(name);
}

/** Each screen, and dialogs by what opens them. */
async function screens(context) {
  const read = async (path) => (await context.request.get(service.url + path)).json();
  const refused = (await read('/v1/call-logs?code=referrer_not_allowed&limit=1')).data[0].requestId;
  const changed = (await read('/v1/audit-events?action=api_key.updated&limit=1')).data[0].id;
  const key = (await read('/v1/api-keys?q=Delivery&limit=1')).data[0].id;
  const click = (name) => (page) => page.getByRole('button', { name, exact: true }).first().click();
  return [
    ['keys', '/keys'],
    ['key', `/keys/${key}`],
    ['new-key', '/keys/new'],
    ['usage', '/usage?range=7d'],
    ['usage-month', '/usage?range=30d&by=code'],
    ['calls', '/calls'],
    ['calls-drawer', `/calls?code=referrer_not_allowed&range=30d&open=${refused}`, () => undefined],
    ['call', `/calls/${refused}`],
    ['audit', '/audit'],
    ['audit-drawer', `/audit?open=${changed}`, () => undefined],
    ['members', '/members'],
    ['members-invite', '/members', click('Invite')],
    ['roles', '/roles'],
    ['roles-new', '/roles', click('New role')],
    ['service-accounts', '/service-accounts'],
    ['organization', '/organization'],
    ['health', '/health'],
    ['account', '/account'],
  ];
}
