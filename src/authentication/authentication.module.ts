import { type DynamicModule, Module } from '@nestjs/common';

import type { TokenSource } from './credential';
import { GateModule } from './gate.module';
import { sessionCookieName } from './session-cookies';
import { SessionsModule } from './sessions.module';
import { type SessionsOptions, usesSecureCookies } from './sessions-options';

export interface AuthenticationOptions extends SessionsOptions {
  /** Where access tokens of people are accepted. */
  readonly jwtSources: readonly TokenSource[];
  /** How many calls with a bad credential one address may make in ten seconds before its bad calls get 429. */
  readonly failedAuthLimit: number;
}

/** The gate, and signing in. */
@Module({})
export class AuthenticationModule {
  static forRoot(options: AuthenticationOptions): DynamicModule {
    const { jwtSources, failedAuthLimit } = options;
    const gate = { jwtSources, failedAuthLimit, sessionCookie: sessionCookieName(usesSecureCookies(options)) };
    const gateModule = GateModule.forRootAsync({ imports: [SessionsModule.forRoot(options)], useFactory: () => gate });
    return { module: AuthenticationModule, imports: [gateModule], exports: [gateModule] };
  }
}
