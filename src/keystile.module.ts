import { type DynamicModule, Module } from '@nestjs/common';
import { ModulesContainer, RouterModule } from '@nestjs/core';
import { hkdfSync } from 'node:crypto';
import { DataSource } from 'typeorm';

import { AuditModule, type AuditOptions, CALL_DATABASE, CALL_OBSERVERS, type CallObserver } from './audit';
import {
  AdmissionGuard,
  GateModule,
  type GateOptions,
  signingKeyFrom,
  SignInAttempts,
  USER_TOKEN_VERIFIER,
  UserTokens,
} from './authentication';
import { type Clock, CLOCK, DEFAULT_REALM, KEY_REALM, systemClock } from './common';
import { CoordinationModule, type CoordinationOptions } from './coordination';
import { DashboardModule } from './dashboard';
import { checked } from './host-checks';
import { HttpModule } from './http';
import { KeysModule, type KeysOptions, LastUse } from './keys';
import { type KeystileOptions, type KeystileParts, ownerDirectory, trustedProxiesOf } from './keystile-options';
import { NetworkWatch, NoticesModule, RefusalWatch } from './notices';
import { KEY_CONTACTS, MAILER, noContacts, noMailer, OWNER_DIRECTORY, type OwnerDirectory } from './organizations';
import { given, type OptionsFactory, PermissionsModule, type PermissionsOptions, provideOptions } from './permissions';
import { RateLimitsModule } from './rate-limits';

const KEYSTILE_OPTIONS = Symbol('keystile:options');

/** From the options of a host, once they are there. */
const from = <T>(provide: symbol | typeof DataSource, useFactory: (options: KeystileOptions) => T) => ({
  provide,
  inject: [KEYSTILE_OPTIONS],
  useFactory,
});

/** Apart from what is made of them, because the host makes them of its own `DataSource`. */
@Module({})
class HostOptions {
  static forRootAsync({ imports = [], inject = [], useFactory }: OptionsFactory<KeystileOptions>): DynamicModule {
    const options = provideOptions<KeystileOptions>(KEYSTILE_OPTIONS, {
      inject,
      useFactory: async (...parts: unknown[]) => checked(await useFactory(...parts)),
    });
    return { module: HostOptions, imports, providers: [options], exports: [KEYSTILE_OPTIONS] };
  }
}

/** What every module of ours asks its host for. Not global: a host has a `DataSource` of its own to inject. */
@Module({})
class HostParts {
  static of(hostOptions: DynamicModule): DynamicModule {
    return {
      module: HostParts,
      imports: [hostOptions],
      providers: [
        from(DataSource, ({ database }) => database),
        from(CALL_DATABASE, ({ callDatabase, database }) => callDatabase ?? database),
        from(CLOCK, ({ clock = systemClock }) => clock),
        from(KEY_REALM, ({ realm = DEFAULT_REALM }) => realm),
        from(OWNER_DIRECTORY, ({ owners }) => ownerDirectory(owners)),
        from(KEY_CONTACTS, ({ notices }) => notices?.contacts ?? noContacts),
        from(MAILER, ({ notices }) => notices?.mailer ?? noMailer),
        {
          provide: CALL_OBSERVERS,
          inject: [LastUse, NetworkWatch, RefusalWatch],
          useFactory: (...observers: CallObserver[]) => observers,
        },
        {
          provide: USER_TOKEN_VERIFIER,
          inject: [KEYSTILE_OPTIONS, UserTokens],
          useFactory: (options: KeystileOptions, own: UserTokens) => options.userTokens ?? own,
        },
      ],
      exports: [
        hostOptions,
        DataSource,
        CALL_DATABASE,
        CLOCK,
        KEY_REALM,
        OWNER_DIRECTORY,
        KEY_CONTACTS,
        MAILER,
        CALL_OBSERVERS,
        USER_TOKEN_VERIFIER,
      ],
    };
  }
}

/** What a host's own classes may inject, besides the services of the other modules. */
@Module({})
class HostServices {
  static of(parts: DynamicModule): DynamicModule {
    return {
      module: HostServices,
      global: true,
      imports: [parts],
      providers: [
        from(CLOCK, ({ clock = systemClock }) => clock),
        { provide: UserTokens, inject: [KEYSTILE_OPTIONS, OWNER_DIRECTORY, CLOCK], useFactory: userTokens },
        SignInAttempts,
      ],
      exports: [CLOCK, UserTokens, SignInAttempts],
    };
  }
}

/**
 * API keys for an application: issues them, decides each call, and keeps a row of it. Import it once, in the root module: a second
 * system has a Nest application of its own, in the same process and on the same database if need be.
 *
 * @example
 * ```ts
 * KeystileModule.forRootAsync({
 *   inject: [DataSource, Accounts],
 *   useFactory: (database, owners) => ({ database, owners, peppers: [{ id: 'p1', secret }] }),
 * })
 * ```
 */
@Module({})
export class KeystileModule {
  constructor(modules: ModulesContainer) {
    if ([...modules.values()].filter(({ metatype }) => metatype === KeystileModule).length > 1) {
      throw new Error(
        'KeystileModule stands twice in one application. Import it once; where modules share it, let them share one object. ' +
          'Two systems are two Nest applications: each with a realm of its own, also in one process and on one database.',
      );
    }
  }

  static forRoot({ guard, api, conventions, dashboard, ...options }: KeystileOptions & KeystileParts): DynamicModule {
    return KeystileModule.forRootAsync({
      ...given<KeystileOptions>(options),
      ...(guard ? { guard } : {}),
      ...(api === undefined ? {} : { api }),
      ...(conventions ? { conventions } : {}),
      ...(dashboard ? { dashboard } : {}),
    });
  }

  static forRootAsync({
    guard = 'global',
    api: rest = false,
    conventions = 'own',
    dashboard,
    ...factory
  }: OptionsFactory<KeystileOptions> & KeystileParts): DynamicModule {
    const api = rest !== false;
    if (dashboard && !api) throw new Error('The page of Keystile speaks to its REST interface: dashboard needs api');
    const parts = HostParts.of(HostOptions.forRootAsync(factory));
    const ask = <T>(useFactory: (options: KeystileOptions) => T) => ({ imports: [parts], inject: [KEYSTILE_OPTIONS], useFactory });
    const own: Function[] = [];
    const rules = { own, ...(guard === 'manual' ? { guard: AdmissionGuard } : {}) };
    const shaped = conventions === 'own' ? { only: own } : {};
    const modules: DynamicModule[] = [
      PermissionsModule.forRootAsync(
        ask((options) => ({ ...permissionsOptions(options), ...rules })),
        { api },
      ),
      AuditModule.forRootAsync(ask(auditOptions), { api }),
      HttpModule.forRootAsync(ask((options) => ({ ...httpOptions(options), ...shaped }))),
      KeysModule.forRootAsync(ask(keysOptions), { api }),
      NoticesModule.forRootAsync(ask(({ notices }) => ({ link: notices?.link ?? '' }))),
      GateModule.forRootAsync(ask(gateOptions), { api, installsItself: true }),
    ];
    const prefix = typeof rest === 'object' ? `/${rest.prefix.replaceAll(/^\/|\/$/g, '')}` : '';
    const page = dashboard ? [DashboardModule.forRoot({ ...dashboard, apiPrefix: prefix })] : [];
    own.push(...[...modules, ...page].flatMap(({ controllers = [] }) => controllers as Function[]));
    if (typeof rest === 'object') modules.push(behind(rest.prefix, modules));
    return {
      module: KeystileModule,
      imports: [
        parts,
        RateLimitsModule.forRoot(),
        CoordinationModule.forRootAsync(ask(coordinationOptions), { api: false }),
        HostServices.of(parts),
        ...modules,
        ...page,
      ],
    };
  }
}

const coordinationOptions = ({ redisUrl, journal }: KeystileOptions): CoordinationOptions => ({
  ...(redisUrl === undefined ? {} : { redisUrl }),
  ...(journal?.replica === undefined ? {} : { replica: journal.replica }),
});

const behind = (prefix: string, modules: readonly DynamicModule[]): DynamicModule =>
  RouterModule.register(modules.map(({ module }) => ({ path: prefix, module })));

const auditOptions = (options: KeystileOptions): AuditOptions => ({
  trustedProxies: trustedProxiesOf(options),
  ...(options.journal ? { journal: options.journal } : {}),
  ...(options.checkpoints ? { checkpoints: options.checkpoints } : {}),
});

const permissionsOptions = ({ scopes = {}, permissionSource, resourceNaming = 'both' }: KeystileOptions): PermissionsOptions => ({
  scopes,
  ...(permissionSource === 'route-derived' ? { derive: resourceNaming } : {}),
});

function keysOptions({ digest = 'hmac-sha256', permissionSource = 'scopes', ...options }: KeystileOptions): KeysOptions {
  return { ...options, algorithm: digest, permissionSource: permissionSource === 'route-derived' ? 'scopes' : permissionSource };
}

function gateOptions({
  tokenSources = ['cookie', 'header'],
  failedAuthLimit = 200,
  sessionCookie = 'keystile_session',
  ...options
}: KeystileOptions): GateOptions {
  return { ...options, jwtSources: tokenSources, failedAuthLimit, sessionCookie };
}

function httpOptions({ peppers, problems = {} }: KeystileOptions) {
  return { ...problems, cursorSecrets: peppers.map(({ secret }) => Buffer.from(hkdfSync('sha256', secret, '', 'keystile:cursors', 32))) };
}

function userTokens({ peppers, issuer = 'keystile', realm = DEFAULT_REALM }: KeystileOptions, owners: OwnerDirectory, clock: Clock) {
  return new UserTokens({ issuer, realm, signingKeys: peppers.map(signingKeyFrom) }, owners, clock);
}
