import { type DynamicModule, Module } from '@nestjs/common';
import { hkdfSync } from 'node:crypto';
import { DataSource } from 'typeorm';

import { AuditModule, type AuditOptions, CALL_DATABASE, CALL_OBSERVERS, type CallObserver } from './audit';
import { AdmissionGuard, GateModule, type GateOptions, signingKeyFrom, USER_TOKEN_VERIFIER, UserTokens } from './authentication';
import { type Clock, CLOCK, DEFAULT_REALM, KEY_REALM, systemClock } from './common';
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
      ],
      exports: [CLOCK, UserTokens],
    };
  }
}

/**
 * API keys for an application: issues them, decides each call, and keeps a row of it. Import it once, in the root module.
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
  static forRoot({ guard, api, conventions, ...options }: KeystileOptions & KeystileParts): DynamicModule {
    return KeystileModule.forRootAsync({
      ...given<KeystileOptions>(options),
      ...(guard ? { guard } : {}),
      ...(api === undefined ? {} : { api }),
      ...(conventions ? { conventions } : {}),
    });
  }

  static forRootAsync({
    guard = 'global',
    api = false,
    conventions = 'own',
    ...factory
  }: OptionsFactory<KeystileOptions> & KeystileParts): DynamicModule {
    const parts = HostParts.of(HostOptions.forRootAsync(factory));
    const ask = <T>(useFactory: (options: KeystileOptions) => T) => ({ imports: [parts], inject: [KEYSTILE_OPTIONS], useFactory });
    const own: Function[] = [];
    const rules = guard === 'manual' ? { guard: AdmissionGuard, always: own } : {};
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
    own.push(...modules.flatMap(({ controllers = [] }) => controllers as Function[]));
    return { module: KeystileModule, imports: [parts, RateLimitsModule, HostServices.of(parts), ...modules] };
  }
}

const auditOptions = (options: KeystileOptions): AuditOptions => ({
  trustedProxies: trustedProxiesOf(options),
  ...(options.journal ? { journal: options.journal } : {}),
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
