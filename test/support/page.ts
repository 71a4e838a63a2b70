import type { AxeResults } from 'axe-core';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

import type { KeystileApp, TestPerson } from '../../src/testing';
import { BROWSER_PATH } from './browser';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };
const PATIENCE_MS = 30_000;
/** A story has many steps, and each screen of it is loaded, drawn and judged twice. */
const STORY_MS = 120_000;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const COLOR_SCHEMES = ['light', 'dark'] as const;
export type ColorScheme = (typeof COLOR_SCHEMES)[number];

/** A phone of the smaller kind. */
export const NARROW = { width: 390, height: 844 };
export const WIDE = { width: 1280, height: 900 };

export interface OpenOptions {
  /** Who is signed in: a role of the owner's organization, somebody who is there already, or nobody. Default: the owner. */
  readonly as?: 'owner' | 'admin' | 'developer' | 'auditor' | TestPerson | null;
  /** What stands behind `/api-management`. */
  readonly path?: string;
  readonly colorScheme?: ColorScheme;
  readonly size?: { readonly width: number; readonly height: number };
  /** Statuses of 400 and more that belong to the story. Any other fails the test. */
  readonly expects?: readonly number[];
  readonly timezoneId?: string;
}

/**
 * Like `describe`, with a real browser, which is closed at the end. Whatever a page complains of fails the test that opened it: errors
 * on the console and in scripts, requests that fail or are refused, and what its content security policy stopped.
 *
 * Where the machine has no Chromium the tests are skipped, and say so; with `CI=true` they fail.
 */
export function describeInBrowser(name: string, tests: (browser: TestBrowser) => void): void {
  if (BROWSER_PATH === undefined) {
    const reason = 'Chromium is not installed (Debian: apt-get install chromium)';
    if (process.env['CI'] === 'true') {
      describe(name, () => {
        it('runs in a browser', () => {
          throw new Error(reason);
        });
      });
    } else {
      process.stderr.write(`SKIPPED: ${name}. ${reason}.\n`);
      describe.skip(name, () => tests(new TestBrowser()));
    }
    return;
  }
  jest.setTimeout(STORY_MS);
  describe(name, () => {
    const browser = new TestBrowser();
    beforeAll(() => browser.start());
    afterEach(() => browser.closePages());
    afterAll(() => browser.stop());
    tests(browser);
  });
}

/** Opens pages of the dashboard, each in a context of its own, as people at different machines would. */
export class TestBrowser {
  private browser: Browser | undefined;
  private readonly contexts: BrowserContext[] = [];
  private complaints: string[] = [];

  async start(): Promise<void> {
    this.browser = await chromium.launch({ executablePath: BROWSER_PATH!, args: FLAGS, chromiumSandbox: false });
  }

  async stop(): Promise<void> {
    await this.browser?.close();
  }

  /** A page whose clock shows the time of the app when it is opened. */
  async open(app: KeystileApp, { as = 'owner', path = '', ...options }: OpenOptions = {}): Promise<Page> {
    const { page } = await this.openContext(app, options);
    if (as !== null) await signIn(page.context(), app, typeof as === 'object' ? as : await personOf(app, as));
    await page.goto(`${app.url}/api-management${path}`);
    return page;
  }

  /** For stories in two tabs: `context.newPage()` makes the second, which is watched as well. */
  async openContext(
    app: Pick<KeystileApp, 'clock'>,
    { colorScheme = 'light', size = WIDE, expects = [], timezoneId = 'UTC' }: OpenOptions = {},
  ): Promise<{ context: BrowserContext; page: Page }> {
    const context = await this.browser!.newContext({
      viewport: size,
      colorScheme,
      timezoneId,
      locale: 'en-GB',
      reducedMotion: 'reduce',
      acceptDownloads: true,
      permissions: ['clipboard-read', 'clipboard-write'],
    } satisfies BrowserContextOptions);
    this.contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript({ content: clockFrom(app.clock.now()) });
    context.on('page', (page) => this.watch(page, new Set(expects)));
    return { context, page: await context.newPage() };
  }

  /** @throws Error with everything that the pages of this test complained of */
  async closePages(): Promise<void> {
    const complaints = this.complaints;
    this.complaints = [];
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
    if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
  }

  private watch(page: Page, expected: ReadonlySet<number>): void {
    page.on('console', (message) => {
      // Those are told by the answers below.
      if (message.text().startsWith('Failed to load resource')) return;
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`script: ${error.stack ?? error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      // What the page itself gave up, by going elsewhere.
      if (reason !== 'net::ERR_ABORTED') this.complaints.push(`request: ${request.method()} ${request.url()} ${reason}`);
    });
    page.on('response', (response) => {
      if (response.status() < 400 || expected.has(response.status())) return;
      this.complaints.push(`answer: ${response.request().method()} ${response.url()} ${response.status()}`);
    });
  }
}

/** Signs somebody in, by the cookies that the page itself would get. */
export async function signIn(context: BrowserContext, app: KeystileApp, { email, password, organizationId }: TestPerson): Promise<void> {
  const answer = await context.request.post(`${app.url}/v1/auth/login`, {
    data: { email, password, organizationId, transport: 'cookie' },
    headers: SAME_ORIGIN,
  });
  if (answer.status() !== 200) throw new Error(`Signing in was answered with ${answer.status()}: ${await answer.text()}`);
}

/** What axe finds against WCAG 2.2 AA on the page as it is, in both color schemes. Empty where all is well. */
export async function axeViolations(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(AXE);
  for (const colorScheme of COLOR_SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    const { violations } = await page.evaluate<AxeResults>(
      `axe.run(document, ${JSON.stringify({ runOnly: { type: 'tag', values: WCAG }, resultTypes: ['violations'] })})`,
    );
    for (const { id, help, nodes } of violations) {
      found.push(...nodes.map(({ html, any }) => `${colorScheme}: ${id} (${help}): ${html} ${any[0]?.message ?? ''}`));
    }
  }
  return found;
}

/** Writes a PNG of the whole page. */
export async function screenshot(page: Page, path: string): Promise<void> {
  await settled(page);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: true });
}

/** Waits until fonts are there and nothing moves any more. What was just asked for begins to move with the next frame. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    await document.fonts.ready;
    const moving = () => document.getAnimations().filter(({ playState, effect }) =>
      playState === 'running' && effect.getComputedTiming().endTime !== Infinity);
    do {
      await Promise.allSettled(moving().map(({ finished }) => finished));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    } while (moving().length > 0);
  })()`);
}

const personOf = (app: KeystileApp, role: 'owner' | 'admin' | 'developer' | 'auditor'): Promise<TestPerson> =>
  role === 'owner' ? app.owner() : app.member(role);

/** A script for the page: its clock goes on from the time of the app, whose own stands still. */
const clockFrom = (time: Date): string => `{
  const RealDate = Date;
  const ahead = ${time.getTime()} - RealDate.now();
  const now = () => RealDate.now() + ahead;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, words, newTarget) => Reflect.construct(target, words.length === 0 ? [now()] : words, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}`;
