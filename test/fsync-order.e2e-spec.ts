import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { callHttp } from '../src/testing';

const ROOT = join(__dirname, '..');
const CALLS = 100;

const canTrace = ((): boolean => {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true']);
    return true;
  } catch {
    return false;
  }
})();

/** What reaches the disk and what reaches the caller, in the order in which the kernel was asked. */
(canTrace ? describe : describe.skip)(`an answered call on its way to the disk${canTrace ? '' : ' (needs strace)'}`, () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'keystile-fsync-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function trace(sync: 'process' | 'fsync'): Promise<string[]> {
    const file = join(dir, 'trace');
    const service = spawn(
      'strace',
      ['-D', '-f', '-y', '-s', '16', '-e', 'trace=pwrite64,fdatasync,write,writev', '-o', file, process.execPath].concat([
        '-r',
        join(ROOT, 'test', 'support', 'typescript.cjs'),
        join(ROOT, 'src', 'main.ts'),
      ]),
      {
        cwd: ROOT,
        env: { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: '0', DATA_DIR: dir, LOG_LEVEL: 'error', CALL_LOG_SYNC: sync },
      },
    );
    // The tracer outlives it by a moment.
    const ended = once(service, 'close');
    try {
      const url = await addressOf(service);
      for (let i = 0; i < CALLS; i++) expect((await callHttp(url, 'GET', '/nowhere')).status).toBe(404);
    } finally {
      service.kill('SIGTERM');
      await ended;
    }
    return readFileSync(file, 'utf8').split('\n');
  }

  const ANSWERED = /\bwritev?\(\d+<(socket|TCP)[^>]*>, .*"HTTP\/1\.1 404/;
  const WRITTEN = /\bpwrite64\(\d+<[^>]*\.journal>/;
  const SYNCED = /\bfdatasync\(\d+<[^>]*\.journal>\) += 0|<\.\.\. fdatasync resumed>\) += 0/;

  /** Of each answer: what had happened since the one before it. */
  function steps(lines: readonly string[]): string[] {
    const found: string[] = [];
    let since = '';
    for (const line of lines) {
      if (WRITTEN.test(line)) since += 'written ';
      // Only one that began after the row was written says anything about it.
      else if (SYNCED.test(line) && since.startsWith('written')) since += 'synced ';
      else if (ANSWERED.test(line)) {
        found.push(`${since}answered`);
        since = '';
      }
    }
    return found;
  }

  it('R02: is written and synced before its answer leaves, where that is asked for', async () => {
    expect(steps(await trace('fsync'))).toEqual(Array(CALLS).fill('written synced answered'));
  }, 120_000);

  it('R02: is not answered while the disk does not take it, later ones are refused, and all is well once it does', async () => {
    const service = spawn(process.execPath, ['-r', join(ROOT, 'test', 'support', 'typescript.cjs'), join(ROOT, 'src', 'main.ts')], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: '0', DATA_DIR: dir, LOG_LEVEL: 'error', CALL_LOG_SYNC: 'fsync' },
    });
    const ended = once(service, 'close');
    try {
      const url = await addressOf(service);
      const said: string[] = [];
      for (const stream of [service.stdout, service.stderr]) stream.on('data', (data) => said.push(String(data)));
      const call = (): Promise<number | 'cut'> =>
        callHttp(url, 'GET', '/nowhere').then(
          ({ status }) => status,
          () => 'cut',
        );
      expect(await call()).toBe(404);
      const journal = readdirSync(dir, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.journal'))!;
      const broken = ['-f', '-o', '/dev/null', '-P', join(dir, journal), '-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO'];
      const tracer = spawn('strace', [...broken, '-p', String(service.pid)]);
      await once(tracer.stderr, 'data');
      const answers: Array<number | 'cut'> = [];
      for (let i = 0; i < 30; i++) answers.push(await call());
      expect([answers[0], new Set(answers)]).toEqual(['cut', new Set(['cut', 503])]);
      const detached = once(tracer, 'close');
      tracer.kill('SIGINT');
      await detached;
      for (const deadline = performance.now() + 10_000; (await call()) !== 404 && performance.now() < deadline;);
      expect([await call(), await call()]).toEqual([404, 404]);
      expect(said.join('')).toMatch(
        /The journal cannot be written \(EIO[^]*calls are refused until it can[^]*The journal can be written again/,
      );
    } finally {
      service.kill('SIGTERM');
      await ended;
    }
  }, 60_000);

  it('is written before its answer leaves, in any case', async () => {
    expect(steps(await trace('process'))).toEqual(Array(CALLS).fill('written answered'));
  }, 120_000);
});

async function addressOf(service: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += String(chunk);
      const [, url] = /API reference +(http:\S+)\/docs[^]*(?:Set it up|Try it) /.exec(printed) ?? [];
      if (url) resolve(url);
    };
    service.stdout!.on('data', read);
    service.stderr!.on('data', read);
    service.once('exit', () => reject(new Error(printed)));
  });
}
