import { ConsoleLogger, type DynamicModule, type INestApplicationContext, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

import { CallRecorder } from './audit';
import { Gatekeeper, installGate } from './authentication';
import { type Clock, redact, systemClock } from './common';
import { type Environment, loadSecrets, readSettings, type Settings } from './config';
import { answerUnroutable, decodableUrl, LARGEST_BODY_BYTES, readJsonBodies, readJsonLines, secureHeaders, ServedResponse } from './http';
import { acceptUploads } from './messaging';
import { OpenApiDocument } from './openapi';
import { SetupService } from './organizations';
import { RouteInventory } from './permissions';
import { lockDataDirectory, migrateKeystile, openDatabase } from './persistence';
import { drain } from './service-drain';
import { ServiceModule, type ServiceParts } from './service.module';
import { callEntities, callLogMigrations, mainEntities, mainMigrations } from './service-schema';

/** The service, answering. */
export interface RunningService {
  readonly app: NestFastifyApplication;
  /** Where it listens. */
  readonly url: string;
  readonly database: DataSource;
  readonly callDatabase: DataSource;
  /** A one-time link for the first owner; `null` once there is one. */
  mintSetupLink(): Promise<string | null>;
  /**
   * Answers what is being asked, stores every call, and lets go of everything. Repeating it waits for the same end.
   * @param drained goes on answering for `DRAIN_SECONDS` first, so that whoever sends calls here finds out and loses none
   */
  stop(how?: { readonly drained?: boolean }): Promise<void>;
}

export interface StartOptions {
  readonly clock?: Clock;
  /** Where the words for the person at the terminal go. */
  readonly print: (line: string) => void;
}

const HEADERS_TIMEOUT_MS = 15_000;
/** Headers and body together: whoever drips is cut off within twenty seconds (A15.4). */
const REQUEST_TIMEOUT_MS = 18_000;
const CONNECTIONS_CHECK_MS = 2_000;
const LARGEST_HEADERS_BYTES = 16 * 1024;
/** Longer than the idle timeout of common load balancers, so that we are never the one who hangs up first. */
const KEEP_ALIVE_MS = 72_000;
/** While no call can be recorded: whoever watches the service has to see why. */
const ALWAYS_ANSWERED: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * Starts the service with what the environment says.
 * @throws SettingsError for settings that are wrong or missing; Error where the database cannot be reached, or a route does not say who may call it
 */
export async function startService(environment: Environment, { clock = systemClock, print }: StartOptions): Promise<RunningService> {
  const settings = await withPort(readSettings(environment));
  const store = await openStore(settings, { exclusive: true });
  try {
    const parts = partsOf(settings, store, clock);
    const app = await createApp(settings, ServiceModule.forRoot(parts));
    await app.init();
    // By its name, Fastify would open a second server for IPv6 that records no calls.
    await app.listen({ host: settings.HOST === 'localhost' ? '127.0.0.1' : settings.HOST, port: settings.PORT });
    const service = running(app, settings, store);
    await welcome(service, parts.publicUrl, print);
    return service;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Does something with the parts of the service without serving: nothing listens, nothing works in the background, and an
 * embedded database may be in use by a running service at the same time.
 */
export async function withServiceParts<T>(environment: Environment, work: (app: INestApplicationContext) => Promise<T>): Promise<T> {
  const settings = readSettings(environment);
  const store = await openStore(settings, { exclusive: false });
  try {
    return await work(await createApp(settings, ServiceModule.forRoot(partsOf(settings, store, systemClock))));
  } finally {
    await store.close();
  }
}

function partsOf(settings: Settings, { database, callDatabase }: Store, clock: Clock): ServiceParts {
  const publicUrl = publicUrlOf(settings);
  return { settings, secrets: loadSecrets(settings), clock, publicUrl, database, callDatabase, callDatabaseUrl: callDatabaseUrl(settings) };
}

/** The call log: a file of its own where the database is embedded. */
const callDatabaseUrl = ({ DATABASE_URL, DATA_DIR }: Settings): string =>
  DATABASE_URL === undefined || DATABASE_URL.startsWith('sqlite:') ? `sqlite:${join(DATA_DIR, 'calls.sqlite')}` : DATABASE_URL;

/** Everything between the server and the modules, in the order in which a request meets it. */
async function createApp(settings: Settings, module: DynamicModule): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: LARGEST_BODY_BYTES,
    connectionTimeout: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      maxHeaderSize: LARGEST_HEADERS_BYTES,
      ServerResponse: ServedResponse,
    },
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: 'idle',
    // What comes over a connection that is still open is answered like everything else.
    return503OnClosing: false,
    frameworkErrors: answerUnroutable,
    rewriteUrl: decodableUrl,
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new RedactingLogger(settings),
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  app.get(CallRecorder).recordCalls(fastify.server, ALWAYS_ANSWERED);
  app.get(OpenApiDocument).describes(app);
  if (settings.CORS_ORIGINS.length > 0) {
    app.enableCors({
      origin: [...settings.CORS_ORIGINS],
      exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'ETag', 'Location'],
      maxAge: 600,
    });
  }
  secureHeaders(app, settings.PUBLIC_URL?.startsWith('https:'));
  installGate(fastify, app.get(Gatekeeper), app.get(RouteInventory), {
    hook: 'onRequest',
    recorder: app.get(CallRecorder),
    rewriteUrl: decodableUrl,
  });
  readJsonBodies(fastify);
  readJsonLines(fastify);
  acceptUploads(app);
  return app;
}

interface Store {
  readonly database: DataSource;
  readonly callDatabase: DataSource;
  close(): Promise<void>;
}

/** Opens the databases and brings them up to date. An embedded one is served by one process at a time. */
async function openStore(settings: Settings, { exclusive }: { readonly exclusive: boolean }): Promise<Store> {
  const { DATABASE_URL, DATA_DIR } = settings;
  const opened: Array<{ destroy(): Promise<void> }> = [];
  const close = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one.destroy();
  };
  try {
    if (DATABASE_URL !== undefined && !DATABASE_URL.startsWith('sqlite:')) {
      const database = await openDatabase(DATABASE_URL, [...mainEntities, ...callEntities]);
      opened.push(database);
      await migrateKeystile(database, [...mainMigrations, ...callLogMigrations]);
      return { database, callDatabase: database, close };
    }
    mkdirSync(DATA_DIR, { recursive: true, mode: 0o700 });
    if (exclusive) {
      const lock = lockDataDirectory(join(DATA_DIR, 'keystile.lock'));
      opened.push({ destroy: () => Promise.resolve(lock.release()) });
    }
    const database = await openDatabase(DATABASE_URL ?? `sqlite:${join(DATA_DIR, 'keystile.sqlite')}`, mainEntities);
    opened.push(database);
    const callDatabase = await openDatabase(callDatabaseUrl(settings), callEntities);
    opened.push(callDatabase);
    await migrateKeystile(database, mainMigrations);
    await migrateKeystile(callDatabase, callLogMigrations);
    return { database, callDatabase, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function running(app: NestFastifyApplication, settings: Settings, store: Store): RunningService {
  const { port } = app.getHttpServer().address() as AddressInfo;
  let stopping: Promise<void> | undefined;
  const stop = async (drained: boolean): Promise<void> => {
    try {
      if (drained) await drain(app, settings.DRAIN_SECONDS);
      await app.close();
    } finally {
      await store.close();
    }
  };
  return {
    app,
    url: `http://${hostForPeople(settings.HOST)}:${port}`,
    database: store.database,
    callDatabase: store.callDatabase,
    mintSetupLink: () => app.get(SetupService).mintSetupLink(),
    stop: ({ drained = false } = {}) => (stopping ??= stop(drained)),
  };
}

/** How people reach the service that has these settings. */
export const publicUrlOf = ({ PUBLIC_URL, HOST, PORT }: Pick<Settings, 'PUBLIC_URL' | 'HOST' | 'PORT'>): string =>
  (PUBLIC_URL ?? `http://${hostForPeople(HOST)}:${PORT}`).replace(/\/$/, '');

/** What a newcomer needs to see first. */
async function welcome(service: RunningService, publicUrl: string, print: StartOptions['print']): Promise<void> {
  print(`Keystile is running.`);
  print(`  Dashboard      ${publicUrl}/api-management`);
  print(`  API reference  ${publicUrl}/docs`);
  const link = await service.mintSetupLink();
  if (link !== null) {
    print(`  Set it up      ${link}`);
    print(`                 (works once, for 30 minutes; a new one is printed at each start, or by: npx keystile setup-link)`);
    service.app.get(SetupService).onSetUp(() => print(firstCall(publicUrl)));
    return;
  }
  print(firstCall(publicUrl));
}

const firstCall = (publicUrl: string): string =>
  `  Try it         KEYSTILE_KEY=<your key>; curl -i ${publicUrl}/v1/whoami -H "Authorization: Bearer $KEYSTILE_KEY"`;

/** Links need the port before the server listens: for 0, one that is free is looked for. */
async function withPort(settings: Settings): Promise<Settings> {
  if (settings.PORT !== 0) return settings;
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen({ host: settings.HOST, port: 0 }, () => resolve());
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return { ...settings, PORT: port };
}

/** Nobody can open 0.0.0.0 in a browser. */
function hostForPeople(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

const NEST_LEVELS: Readonly<Record<Settings['LOG_LEVEL'], LogLevel[]>> = {
  error: ['fatal', 'error'],
  warn: ['fatal', 'error', 'warn'],
  info: ['fatal', 'error', 'warn', 'log'],
  debug: ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'],
};

/** Nest's own chatter about modules and routes says nothing to an operator. */
const QUIET_CONTEXTS = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** What the service says about itself: levels, text or JSON, and never a secret. */
class RedactingLogger extends ConsoleLogger {
  constructor({ LOG_LEVEL, LOG_JSON, NODE_ENV }: Settings) {
    super({
      json: LOG_JSON || NODE_ENV === 'production',
      logLevels: NEST_LEVELS[LOG_LEVEL],
      colors: process.stdout.isTTY,
      prefix: 'Keystile',
    });
  }

  protected override printMessages(messages: unknown[], context?: string, logLevel?: LogLevel, ...rest: never[]): void {
    if (logLevel === 'log' && context !== undefined && QUIET_CONTEXTS.has(context)) return;
    const clean = messages.map((message) => (typeof message === 'string' ? redact(message) : message));
    super.printMessages(clean, context, logLevel, ...rest);
  }
}
