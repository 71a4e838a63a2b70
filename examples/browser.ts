import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

const PATIENCE_MS = 10_000;
const NUL = '\0';

/** A real browser with one page, for tests. It is spoken to in the DevTools protocol over two pipes. */
export class Browser {
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private session: string | undefined;
  private sent = 0;
  private rest = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
  ) {
    (process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.read(text));
  }

  /** @param program `CHROMIUM`, or what is called so in the path */
  static async start(program = process.env['CHROMIUM'] ?? 'chromium'): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'browser-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--remote-debugging-pipe',
    ];
    const started = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(started, profile);
    const { targetInfos } = await browser.send('Target.getTargets');
    const page = (targetInfos as Array<{ type: string; targetId: string }>).find(({ type }) => type === 'page');
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId: page!.targetId, flatten: true });
    browser.session = sessionId as string;
    return browser;
  }

  async open(url: string): Promise<void> {
    await this.send('Page.navigate', { url });
    await this.until('document.readyState === "complete" && location.href !== "about:blank"');
  }

  /** What an expression is in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: true });
    if (answer['exceptionDetails']) throw new Error(`${expression}: ${JSON.stringify(answer['exceptionDetails'])}`);
    return (answer['result'] as { value?: unknown }).value;
  }

  async until(condition: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await this.evaluate(`Boolean(${condition})`)) !== true) {
      if (Date.now() > deadline) throw new Error(`Not in ${PATIENCE_MS} ms: ${condition}\n${String(await this.text())}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Types into the field whose label begins so. */
  async fill(label: string, value: string): Promise<void> {
    const field = `[...document.querySelectorAll('label')].find((one) => one.textContent.trim().startsWith(${JSON.stringify(label)}))`;
    await this.evaluate(`(() => { const input = ${field}.querySelector('input,select'); input.value = ${JSON.stringify(value)}; })()`);
  }

  /** Presses the first visible button with this text. */
  async press(name: string): Promise<void> {
    const button = `[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === ${JSON.stringify(name)} && one.offsetParent)`;
    await this.until(button);
    await this.evaluate(`${button}.click()`);
  }

  /** What a reader sees. */
  text(): Promise<unknown> {
    return this.evaluate('document.body.innerText');
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await gone;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.sent;
    const message = { id, method, params, ...(this.session ? { sessionId: this.session } : {}) };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No answer to ${method}`)), PATIENCE_MS);
      this.waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      (this.process.stdio[3] as Writable).write(JSON.stringify(message) + NUL);
    });
  }

  private read(text: string): void {
    const messages = (this.rest + text).split(NUL);
    this.rest = messages.pop() ?? '';
    for (const message of messages) {
      const answer = JSON.parse(message) as Answer;
      if (answer.id === undefined) continue;
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    }
  }
}
