import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = ['/usr/sbin/mariadbd', '/usr/bin/mariadb-install-db'] as const;

/** A MariaDB server of a test's own, which may be made read-only, stopped or frozen. */
export class OwnMariadb {
  private constructor(
    /** Of a database on it, for a user without the rights of an administrator. */
    readonly url: string,
    private readonly port: number,
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  static get isInstalled(): boolean {
    return PROGRAMS.every(existsSync);
  }

  static async start(): Promise<OwnMariadb> {
    const folder = mkdtempSync(join(tmpdir(), 'keystile-mariadb-'));
    // In a folder that it shared, a server that starts takes away what others need.
    const tmp = join(folder, 'tmp');
    mkdirSync(tmp);
    const [program, install] = PROGRAMS;
    const asWhom = process.getuid?.() === 0 ? ['--user=root'] : [];
    execFileSync(
      install,
      [
        '--no-defaults',
        `--datadir=${folder}/data`,
        `--tmpdir=${tmp}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        ...asWhom,
      ],
      { stdio: 'ignore' },
    );
    const port = await freePort();
    const server = spawn(
      program,
      ['--no-defaults', `--datadir=${folder}/data`, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${folder}/socket`].concat(
        [`--tmpdir=${tmp}`, '--innodb-buffer-pool-size=32M', '--skip-log-bin'],
        asWhom,
      ),
      { stdio: 'ignore' },
    );
    process.once('exit', () => server.kill('SIGKILL'));
    const own = new OwnMariadb(`mysql://keystile:keystile@127.0.0.1:${port}/keystile`, port, folder, server);
    await own.untilItAnswers();
    await own.administer(
      'CREATE DATABASE keystile CHARACTER SET utf8mb4',
      "CREATE USER keystile@'127.0.0.1' IDENTIFIED BY 'keystile'",
      "GRANT ALL ON keystile.* TO keystile@'127.0.0.1'",
    );
    return own;
  }

  /** Statements of the administrator's. */
  async administer(...statements: readonly string[]): Promise<void> {
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({ host: '127.0.0.1', port: this.port, user: 'root' });
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  /** The numbers of a user's connections. */
  async connections(user: string): Promise<number[]> {
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({ host: '127.0.0.1', port: this.port, user: 'root' });
    try {
      const [rows] = await connection.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?', [user]);
      return (rows as Array<{ id: number }>).map(({ id }) => id);
    } finally {
      await connection.end();
    }
  }

  freeze(): void {
    this.server.kill('SIGSTOP');
  }

  thaw(): void {
    this.server.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill('SIGCONT');
    this.server.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async untilItAnswers(): Promise<void> {
    for (const deadline = performance.now() + 30_000; ; await sleep(100)) {
      try {
        await this.administer();
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
