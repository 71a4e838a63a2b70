import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RunningService } from '../service';
import { refuseEmptyWhere } from './empty-where';
import { FixedClock } from './fixed-clock';
import { type Answer, callHttp, type CallOptions } from './http-client';
import { temporaryDatabase } from './temporary-database';

export interface TestOptions {
  /** Settings as an operator would write them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: FixedClock;
  /** A data folder and database that outlive this app, to start another one on. */
  readonly keep?: { readonly dataDir: string; readonly databaseUrl: string | undefined };
}

/** Somebody who can call. */
export interface TestPerson {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: string;
  readonly password: string;
  /** An access token, for `as`. */
  readonly token: string;
  readonly refreshToken: string;
}

export interface TestKey {
  readonly id: string;
  /** The whole secret, for `as`. */
  readonly key: string;
  readonly prefix: string;
}

const OLD_TOKEN_MS = 10 * 60_000;
const PASSWORD = 'correct horse battery staple';

/** The real service on a loopback port and a real database, with verbs that tell a story. */
export class KeystileApp {
  private ownerSession?: { readonly person: TestPerson; readonly at: number };

  private constructor(
    readonly service: RunningService,
    readonly clock: FixedClock,
    readonly dataDir: string,
    readonly databaseUrl: string | undefined,
    private readonly dispose: () => Promise<void>,
  ) {}

  /**
   * On SQLite in a temporary folder, or, where `TEST_DATABASE_URL` names a MySQL or MariaDB server, on a fresh database there.
   * The clock stands still until `app.clock.move(…)`.
   */
  static async start({ env = {}, clock = new FixedClock(), keep }: TestOptions = {}): Promise<KeystileApp> {
    const dataDir = keep?.dataDir ?? (await mkdtemp(join(tmpdir(), 'keystile-test-')));
    const database = keep ? { url: keep.databaseUrl, drop: () => Promise.resolve() } : await temporaryDatabase();
    const environment = {
      NODE_ENV: 'test',
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      // A thread would compile everything anew for each test.
      CALL_LOG_DRAIN: 'inline',
      ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
      ...env,
    };
    refuseEmptyWhere();
    // The service is much, and a domain team's tests need nothing of it.
    const { startService } = require('../service') as typeof import('../service');
    const service = await startService(environment, { clock, print: () => undefined });
    return new KeystileApp(service, clock, dataDir, database.url, async () => {
      await database.drop();
      if (!keep) await rm(dataDir, { recursive: true, force: true });
    });
  }

  get url(): string {
    return this.service.url;
  }

  /** @param disposeData `false` leaves folder and database for another app */
  async stop({ disposeData = true }: { readonly disposeData?: boolean } = {}): Promise<void> {
    await this.service.stop();
    if (disposeData) await this.dispose();
  }

  call<Body = Record<string, any>>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>> {
    return callHttp<Body>(this.url, method, path, options);
  }

  get<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('GET', path, options);
  }

  post<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, options);
  }

  patch<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('PATCH', path, options);
  }

  delete<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('DELETE', path, options);
  }

  /** The operator and owner of the first organization; setup runs at the first call. Signs in again when the token has grown old. */
  async owner(): Promise<TestPerson> {
    const now = this.clock.now().getTime();
    if (!this.ownerSession || Math.abs(now - this.ownerSession.at) > OLD_TOKEN_MS) {
      this.ownerSession = { person: await this.setUp(), at: now };
    }
    return this.ownerSession.person;
  }

  /** Signs somebody in again, for a fresh token. */
  async login(email: string, password = PASSWORD, organizationId?: string): Promise<TestPerson> {
    const answer = await this.post('/v1/auth/login', {
      body: { email, password, transport: 'bearer', ...(organizationId ? { organizationId } : {}) },
    });
    return this.person(expectStatus(answer, 200), email, password);
  }

  /** A new member of the owner's organization, or of another one, with a role. */
  async member(
    role: string,
    { email = `${role}-${++counter}@example.com`, by }: { readonly email?: string; readonly by?: TestPerson } = {},
  ): Promise<TestPerson> {
    const inviter = by ?? (await this.owner());
    const invitation = expectStatus(await this.post('/v1/invitations', { as: inviter.token, body: { email, role } }), 201);
    const accepted = await this.post('/v1/invitations/accept', {
      body: { token: invitation.body.token, name: role, password: PASSWORD, transport: 'bearer' },
    });
    return this.person(expectStatus(accepted, 201), email, PASSWORD);
  }

  /** Another organization with an owner of its own. */
  async otherOrganization(name = `Other ${++counter}`): Promise<TestPerson> {
    const operator = await this.owner();
    const organization = expectStatus(await this.post('/v1/organizations', { as: operator.token, body: { name } }), 201);
    const switched = expectStatus(
      await this.post('/v1/auth/switch-organization', {
        as: operator.token,
        body: { organizationId: organization.body.id, transport: 'bearer' },
      }),
      200,
    );
    return this.member('owner', {
      by: { ...operator, organizationId: organization.body.id as string, token: switched.body.accessToken as string },
    });
  }

  /** A key with these scopes, made by the owner unless told otherwise. */
  async issueKey(body: Record<string, unknown> = {}, by?: TestPerson): Promise<TestKey> {
    const { token } = by ?? (await this.owner());
    const answer = await this.post('/v1/api-keys', { as: token, body: { name: 'test key', scopes: [], ...body } });
    const { id, key, prefix } = expectStatus(answer, 201).body;
    return { id: id as string, key: key as string, prefix: prefix as string };
  }

  private async setUp(): Promise<TestPerson> {
    const email = 'owner@example.com';
    const link = await this.service.mintSetupLink();
    if (link === null) return this.login(email);
    const [, token] = link.split('#');
    const answer = await this.post('/v1/setup', {
      body: { token, email, password: PASSWORD, name: 'Olivia Owner', organizationName: 'Acme', transport: 'bearer' },
    });
    return this.person(expectStatus(answer, 201), email, PASSWORD);
  }

  private async person({ body }: Answer, email: string, password: string): Promise<TestPerson> {
    const token = body.accessToken as string;
    const { body: who } = expectStatus(await this.get('/v1/whoami', { as: token }), 200);
    return {
      userId: who.id as string,
      organizationId: who.organizationId as string,
      email,
      password,
      token,
      refreshToken: body.refreshToken as string,
    };
  }
}

let counter = 0;

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}
