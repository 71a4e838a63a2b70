import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { newPeppers, newSigningKeys } from '../../src/config';
import { KeptConnections, type Reply, type SendOptions } from './kept-connections';

const ROOT = join(__dirname, '..', '..');
const FROM_SOURCE = ['-r', join(__dirname, 'typescript.cjs'), join(ROOT, 'src', 'main.ts')];
/** Tokens of people name the service by its public address, so that it is one for all of them. */
const SHARED = { NODE_ENV: 'test', LOG_LEVEL: 'error', PUBLIC_URL: 'http://keystile.test' };
const PASSWORD = 'correct horse battery staple';

/** One process of the service. */
export class ReplicaProcess {
  private constructor(
    readonly name: string,
    readonly url: string,
    readonly setupLink: string | null,
    private readonly child: ChildProcess,
    readonly calls: KeptConnections,
  ) {}

  static async start(name: string, program: readonly string[], env: Readonly<Record<string, string>>): Promise<ReplicaProcess> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = spawn(process.execPath, [...program], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...SHARED, PORT: String(port), REPLICA_ID: name, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    let printed = '';
    const link = await new Promise<string | null>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        printed += String(chunk);
        const last = /(?:Set it up +(\S+#\S+)\n)|(?:Try it .*\n)/.exec(printed);
        if (last) resolve(last[1] ?? null);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`${name} ended with ${code}:\n${printed}`)));
    });
    return new ReplicaProcess(name, url, link, child, new KeptConnections(url));
  }

  /** Stops it where it stands, as a debugger, a suspended machine or an exhausted one does. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** As a rolling restart ends it. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGCONT');
      this.child.kill(signal);
      await ended;
    }
    this.calls.close();
  }
}

export interface FleetOptions {
  readonly replicas?: number;
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `dist/main.js` instead of the sources. */
  readonly built?: boolean;
}

/** Somebody signed in. */
export interface Person {
  readonly token: string;
  readonly organizationId: string;
  readonly userId: string;
}

/** Several replicas of the service on one database, all started at once. */
export class Fleet {
  readonly replicas: ReplicaProcess[] = [];
  private turn = 0;
  private counter = 0;

  private constructor(
    private readonly options: FleetOptions,
    private readonly dir: string,
    private readonly secrets: Readonly<Record<string, string>>,
  ) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const dir = mkdtempSync(join(tmpdir(), 'keystile-fleet-'));
    const secrets = { KEY_PEPPERS: newPeppers(), JWT_SIGNING_KEYS: newSigningKeys(), AUDIT_SIGNING_KEYS: newSigningKeys() };
    const fleet = new Fleet(options, dir, secrets);
    const names = Array.from({ length: options.replicas ?? 3 }, (_one, i) => `replica-${i + 1}`);
    fleet.replicas.push(...(await Promise.all(names.map((name) => fleet.startOne(name)))));
    return fleet;
  }

  /** Another replica, which is not among `replicas`. */
  startOne(name: string, env: Readonly<Record<string, string>> = {}): Promise<ReplicaProcess> {
    const { databaseUrl, built = false } = this.options;
    const program = built ? [join(ROOT, 'dist', 'main.js')] : FROM_SOURCE;
    const dataDir = join(this.dir, name);
    return ReplicaProcess.start(name, program, {
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      ...this.secrets,
      ...this.options.env,
      ...env,
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** One after the other. */
  next(): ReplicaProcess {
    return this.replicas[this.turn++ % this.replicas.length]!;
  }

  /** The first owner of the installation. */
  async setUp(): Promise<Person> {
    for (const { setupLink, calls } of this.replicas) {
      const body = { email: 'owner@example.com', password: PASSWORD, name: 'Olivia', organizationName: 'Acme', transport: 'bearer' };
      const answer = await calls.send('POST', '/v1/setup', { body: { ...body, token: setupLink?.split('#')[1] } });
      if (answer.status === 201) return this.personOf(answer);
    }
    throw new Error('None of the links for the setup works');
  }

  /** Somebody new in the organization of `by`. */
  async member(by: Person, role: string): Promise<Person & { readonly email: string; readonly password: string }> {
    const email = `${role}-${++this.counter}@example.com`;
    const invitation = await this.must(201, 'POST', '/v1/invitations', { as: by.token, body: { email, role } });
    // Each from an address of their own, where the replicas believe that: an address may accept a few a minute.
    const headers = { 'x-forwarded-for': `10.1.${this.counter >> 8}.${this.counter & 255}` };
    const accepted = await this.must(201, 'POST', '/v1/invitations/accept', {
      headers,
      body: { token: invitation.body['token'], name: role, password: PASSWORD, transport: 'bearer' },
    });
    return { ...(await this.personOf(accepted)), email, password: PASSWORD };
  }

  async issueKey(by: Person, body: Record<string, unknown> = {}): Promise<{ readonly id: string; readonly key: string }> {
    const made = await this.must(201, 'POST', '/v1/api-keys', { as: by.token, body: { name: 'a key', scopes: [], ...body } });
    return { id: made.body['id'] as string, key: made.body['key'] as string };
  }

  async must(status: number, method: string, path: string, options: SendOptions = {}): Promise<Reply> {
    const answer = await this.next().calls.send(method, path, options);
    if (answer.status !== status) throw new Error(`${method} ${path}: expected ${status}, got ${answer.status} ${answer.text}`);
    return answer;
  }

  private async personOf(answer: Reply): Promise<Person> {
    const token = answer.body['accessToken'] as string;
    const who = await this.must(200, 'GET', '/v1/whoami', { as: token });
    return { token, organizationId: who.body['organizationId'] as string, userId: who.body['id'] as string };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
