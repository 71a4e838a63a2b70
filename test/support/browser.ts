import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const PATIENCE_MS = 20_000;

/** Where this machine has a browser; tests of pages are skipped, and say so, where it has none. */
export const BROWSER_PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

interface Reply {
  readonly id?: number;
  readonly result?: Record<string, any>;
  readonly error?: { readonly message: string };
}

/** A real browser with one page, by the DevTools protocol over a pipe. */
export class Browser {
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private sent = 0;
  private session = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
  ) {
    let rest = '';
    (process.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0');
      rest = messages.pop()!;
      for (const message of messages) {
        const reply = JSON.parse(message) as Reply;
        if (reply.id !== undefined) this.waiting.get(reply.id)?.(reply);
      }
    });
  }

  static async start(): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), 'keystile-browser-'));
    const flags = [
      '--headless=new',
      '--remote-debugging-pipe',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
    ];
    const child = spawn(BROWSER_PATH!, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(child, profile);
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    browser.session = sessionId as string;
    return browser;
  }

  async open(url: string): Promise<void> {
    await this.send('Page.enable');
    await this.send('Page.navigate', { url });
    await this.until(`location.href.startsWith(${JSON.stringify(url)}) && document.readyState === 'complete'`);
  }

  /** The value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value as T;
  }

  /** Waits until an expression holds in the page. */
  async until(expression: string): Promise<void> {
    const give = performance.now() + PATIENCE_MS;
    while (!(await this.holds(expression))) {
      if (performance.now() > give) throw new Error(`The page never came to: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** A page that is on its way elsewhere holds nothing. */
  private async holds(expression: string): Promise<boolean> {
    try {
      return await this.value<boolean>(`Boolean(${expression})`);
    } catch (error) {
      if (/navigated|context/.test((error as Error).message)) return false;
      throw error;
    }
  }

  /** Clicks what a person would find by its words. */
  async click(words: string): Promise<void> {
    const button = `[...document.querySelectorAll('button, a')].find((one) => one.textContent.trim() === ${JSON.stringify(words)} && one.checkVisibility())`;
    await this.until(button);
    await this.value(`${button}.click()`);
  }

  async fill(selector: string, text: string): Promise<void> {
    await this.value(`document.querySelector(${JSON.stringify(selector)}).value = ${JSON.stringify(text)}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private send(method: string, params: object = {}): Promise<Record<string, any>> {
    const id = ++this.sent;
    const message = { id, method, params, ...(this.session ? { sessionId: this.session } : {}) };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) => {
        this.waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      (this.process.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }
}
