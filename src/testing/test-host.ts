import { type DynamicModule, type INestApplication, Module, type ModuleMetadata, type Provider, type Type } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

import { UserTokens } from '../authentication';
import type { Owner, Principal } from '../common';
import { type IssuedKeyView, KeyReader, KeyService, type NewKey } from '../keys';
import { KeystileModule } from '../keystile.module';
import type { KeystileOptions, KeystileParts } from '../keystile-options';
import { keystileEntities, migrateKeystile } from '../keystile-schema';
import type { OwnerStanding } from '../organizations';
import { openDatabase } from '../persistence';
import { FixedClock } from './fixed-clock';
import { type Answer, callHttp, type CallOptions } from './http-client';

/** What a team has made, as a module lists it. */
interface ModuleContents {
  readonly imports?: ReadonlyArray<NonNullable<ModuleMetadata['imports']>[number]>;
  readonly controllers?: ReadonlyArray<Type<unknown>>;
  readonly providers?: readonly Provider[];
}

export interface TestHostOptions extends ModuleContents {
  /** What stands in the tables of the host. They are made for the test. */
  readonly entities?: readonly Function[];
  /** How the host uses Keystile, where it matters to the test. */
  readonly keystile?: Partial<KeystileOptions> & KeystileParts;
  /** Default: Fastify. */
  readonly adapter?: AbstractHttpAdapter;
  /** `openDatabase`'s. Default: SQLite in memory. */
  readonly databaseUrl?: string;
  readonly clock?: FixedClock;
}

/** Somebody of the host, by name. */
export interface TestUser {
  readonly userId: string;
  readonly organizationId: string;
}

const ORGANIZATION = 'acme';
const PEPPER = { id: 'test', secret: Buffer.alloc(32, 'keystile-testing') };

/**
 * A host for tests: controllers behind Keystile on a loopback port, its own database in memory, people who exist as soon as they
 * are named, and a clock that stands still until it is moved.
 *
 * @example
 * ```ts
 * const host = await TestHost.start({ imports: [InvoicesModule], entities: [Invoice] });
 * const { key } = await host.issueKey({ scopes: ['invoice.read'] });
 * expect((await host.get('/invoices', { as: key })).status).toBe(200);
 * await host.stop();
 * ```
 */
export class TestHost {
  private constructor(
    readonly app: INestApplication,
    readonly database: DataSource,
    readonly clock: FixedClock,
    readonly url: string,
    private readonly standings: Map<string, Partial<OwnerStanding>>,
    private readonly dir: string,
  ) {}

  static async start(options: TestHostOptions = {}): Promise<TestHost> {
    const { imports = [], controllers = [], providers = [], entities = [], clock = new FixedClock() } = options;
    const dir = await mkdtemp(join(tmpdir(), 'keystile-host-'));
    const database = await openDatabase(options.databaseUrl ?? 'sqlite::memory:', [...entities, ...keystileEntities]);
    let app: INestApplication | undefined;
    try {
      await migrateKeystile(database);
      // Makes the host's tables; ours are there and as their entities say.
      await database.synchronize();
      const standings = new Map<string, Partial<OwnerStanding>>();
      const keystile = {
        database,
        clock,
        peppers: [PEPPER],
        journal: { dir },
        owners: { standing: (_id: string, owner: Owner) => standing(standings, owner) },
      };
      const host = TestHostModule.of(database, {
        imports: [...imports, KeystileModule.forRoot({ ...keystile, ...options.keystile })],
        controllers,
        providers,
      });
      // What keeps it from starting is thrown; what goes wrong afterwards is said.
      app = await NestFactory.create(host, options.adapter ?? new FastifyAdapter(), { logger: false, abortOnError: false });
      app.useLogger(['fatal', 'error']);
      await app.listen(0, '127.0.0.1');
      return new TestHost(app, database, clock, await app.getUrl(), standings, dir);
    } catch (error) {
      // What has begun to work ends, too. Why the start failed is what is told.
      await app?.close().catch(() => undefined);
      if (database.isInitialized) await database.destroy();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (this.database.isInitialized) await this.database.destroy();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Somebody of the host. Without a word about it they are active and may do everything. */
  user(userId: string, now: Partial<OwnerStanding> = {}, organizationId = ORGANIZATION): TestUser {
    this.standings.set(userId, now);
    return { userId, organizationId };
  }

  /** An access token, for `as`. */
  signIn(user: TestUser = this.user('owner')): Promise<string> {
    return this.app.get(UserTokens, { strict: false }).issue(user);
  }

  /** A key of somebody's, made by themselves. `key` is the whole secret, for `as`. */
  async issueKey(key: Partial<NewKey> = {}, { userId, organizationId }: TestUser = this.user('owner')): Promise<IssuedKeyView> {
    const now = await standing(this.standings, { type: 'user', id: userId });
    const principal: Principal = {
      type: 'user',
      id: userId,
      organizationId,
      userId,
      scopes: now.scopes,
      environment: 'live',
      expiresAt: null,
      realm: 'default',
      owner: { type: 'user', id: userId },
      sessionId: null,
      credentialPrefix: null,
      keyName: null,
      operator: false,
    };
    const actor = { type: 'user', id: userId, requestId: null, ip: null } as const;
    return this.app.get(KeyService, { strict: false }).create({ principal, actor }, { name: 'test key', ...key });
  }

  /** A key as it is now. */
  key(id: string, organizationId = ORGANIZATION) {
    return this.app.get(KeyReader, { strict: false }).get(organizationId, id);
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

  put<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('PUT', path, options);
  }

  patch<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('PATCH', path, options);
  }

  delete<Body = Record<string, any>>(path: string, options?: CallOptions): Promise<Answer<Body>> {
    return this.call<Body>('DELETE', path, options);
  }
}

/** Where a host's own modules find the database, as those of `TypeOrmModule.forFeature` do. */
@Module({})
class TestHostModule {
  static of(database: DataSource, { imports = [], controllers = [], providers = [] }: ModuleContents): DynamicModule {
    const shared = { provide: DataSource, useValue: database };
    return {
      module: TestHostModule,
      global: true,
      imports: [...imports],
      controllers: [...controllers],
      providers: [...providers, shared],
      exports: [DataSource],
    };
  }
}

const standing = (known: ReadonlyMap<string, Partial<OwnerStanding>>, { type, id }: Owner): Promise<OwnerStanding> =>
  Promise.resolve({
    isActive: true,
    organizationStatus: 'active',
    scopes: ['*'],
    userId: type === 'user' ? id : null,
    ...known.get(id),
  });
