import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../src/cli/command';
import { FixedClock, KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { temporaryDatabase } from '../src/testing/temporary-database';
import { until } from './support/until';

const pepper = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const signingKey = (kid: string): object => ({ ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid });

type Secrets = { readonly KEY_PEPPERS: string; readonly JWT_SIGNING_KEYS: string };

/** An installation whose replicas are started anew one after the other, as an operator does it. */
class Installation {
  private readonly clock = new FixedClock();
  private readonly replicas: KeystileApp[] = [];
  readonly keys: TestKey[] = [];
  owner!: TestPerson;

  private constructor(
    private readonly folder: string,
    private readonly database: Awaited<ReturnType<typeof temporaryDatabase>>,
  ) {}

  /** Two replicas; SQLite has one process. */
  static async start(secrets: Secrets): Promise<Installation> {
    const made = new Installation(await mkdtemp(join(tmpdir(), 'keystile-rotation-')), await temporaryDatabase());
    for (let i = 0; i < (made.database.url === undefined ? 1 : 2); i++) made.replicas.push(await made.startReplica(i, secrets));
    made.owner = await made.replicas[0]!.owner();
    return made;
  }

  /** Looks after each replica whether anybody would have been refused by any of them. */
  async roll(secrets: Secrets): Promise<void> {
    for (let i = 0; i < this.replicas.length; i++) {
      await this.replicas[i]!.stop({ disposeData: false });
      this.replicas[i] = await this.startReplica(i, secrets);
      await this.expectNobodyRefused();
      this.keys.push(await this.replicas[i]!.issueKey({}, this.owner));
      await this.expectNobodyRefused();
    }
  }

  async expectNobodyRefused(): Promise<void> {
    for (const replica of this.replicas) {
      for (const { key } of this.keys) expect((await replica.get('/v1/whoami', { as: key })).status).toBe(200);
      const body = { refreshToken: this.owner.refreshToken };
      const refreshed = await replica.post('/v1/auth/refresh', { body });
      expect(refreshed.status).toBe(200);
      this.owner = { ...this.owner, token: refreshed.body.accessToken as string, refreshToken: refreshed.body.refreshToken as string };
      for (const other of this.replicas) expect((await other.get('/v1/whoami', { as: this.owner.token })).status).toBe(200);
    }
  }

  wait(time: Parameters<FixedClock['move']>[0]): void {
    this.clock.move(time);
  }

  async issueKey(): Promise<TestKey> {
    return this.replicas[0]!.issueKey({}, this.owner);
  }

  async rotate({ id }: TestKey): Promise<void> {
    const answer = await this.replicas[0]!.post(`/v1/api-keys/${id}/rotate`, { as: this.owner.token, body: {} });
    expect(answer.status).toBe(201);
  }

  /** `keystile pepper status` with the settings of a replica. */
  async pepperStatus(secrets: Secrets): Promise<string[]> {
    const said: string[] = [];
    const environment = { NODE_ENV: 'test', LOG_LEVEL: 'error', DATA_DIR: this.folder, ...this.databaseUrl, ...secrets };
    const code = await runCommand(['pepper', 'status'], environment, { out: (line) => void said.push(line), error: () => undefined });
    return [`${code}`, ...said];
  }

  async stop(): Promise<void> {
    for (const replica of this.replicas) await replica.stop({ disposeData: false });
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get databaseUrl(): Record<string, string> {
    return this.database.url === undefined ? {} : { DATABASE_URL: this.database.url };
  }

  private startReplica(number: number, secrets: Secrets): Promise<KeystileApp> {
    const own = { PUBLIC_URL: 'http://keys.test', REPLICA_ID: `${number}`, JOURNAL_DIR: join(this.folder, `journal-${number}`) };
    const keep = { dataDir: this.folder, databaseUrl: this.database.url };
    return KeystileApp.start({ env: { ...own, ...secrets }, clock: this.clock, keep });
  }
}

const MAY_GO = 'Nothing needs p1 any more: it can be taken out of KEY_PEPPERS.';

/** Replicas start eleven times. */
const PATIENCE_MS = 180_000;

describe('Secrets are changed without a moment of refusal', () => {
  const [p1, p2] = [pepper('p1'), pepper('p2')];
  const [k1, k2] = [signingKey('k1'), signingKey('k2')];
  const secrets = (peppers: string[], keys: object[]): Secrets => ({
    KEY_PEPPERS: peppers.join(','),
    JWT_SIGNING_KEYS: JSON.stringify(keys),
  });
  const steps = {
    before: secrets([p1], [k1]),
    announced: secrets([p1, p2], [k1, k2]),
    swapped: secrets([p2, p1], [k2, k1]),
    after: secrets([p2], [k2]),
  };

  it(
    'peppers and signing keys: announced, put in front, and the old ones taken away when the status says so',
    async () => {
      const installation = await Installation.start(steps.before);
      try {
        installation.keys.push(await installation.issueKey());
        const idle = await installation.issueKey();
        await installation.expectNobodyRefused();
        // Whether the use is known yet depends on the call log.
        expect(await installation.pepperStatus(steps.before)).toEqual([
          '0',
          expect.stringMatching(/^p1 \(makes new digests\): 2 live secrets, /),
        ]);

        await installation.roll(steps.announced);
        await installation.roll(steps.swapped);
        // Right after the start nothing is moved: another replica might not know the new pepper yet.
        expect(await installation.pepperStatus(steps.swapped)).toContain(
          'Secrets made with p1 move to the newest pepper when they are used. Keep it until none is left.',
        );
        installation.wait({ hours: 1 });
        await installation.expectNobodyRefused();
        await installation.rotate(idle);
        await until(
          async () => (await installation.pepperStatus(steps.swapped)).includes(MAY_GO),
          () => 'the old pepper may go',
        );

        await installation.roll(steps.after);
        expect((await installation.pepperStatus(steps.after)).slice(0, 2)).toEqual([
          '0',
          expect.stringMatching(/^p2 \(makes new digests\): /),
        ]);
      } finally {
        await installation.stop();
      }
    },
    PATIENCE_MS,
  );

  it(
    'and a pepper that is taken away too early is named',
    async () => {
      const installation = await Installation.start(steps.before);
      try {
        await installation.issueKey();
        expect(await installation.pepperStatus(steps.after)).toEqual([
          '1',
          'p2 (makes new digests): 0 live secrets',
          'p1 (NOT SET): 1 live secret, none of them used yet',
          'Secrets made with p1 are refused until it is in KEY_PEPPERS again.',
        ]);
      } finally {
        await installation.stop();
      }
    },
    PATIENCE_MS,
  );
});
