import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { REALM } from '../http';
import { AdmissionGuard } from './admission.guard';
import type { TokenSource } from './credential';
import { DualStrategy, REALM_NAME } from './dual.strategy';
import { GATE_OPTIONS, Gatekeeper } from './gatekeeper';
import { SessionsModule } from './sessions.module';
import { type SessionsOptions, usesSecureCookies } from './sessions-options';
import { WhoamiController } from './whoami.controller';

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
    return {
      module: AuthenticationModule,
      imports: [SessionsModule.forRoot(options)],
      controllers: [WhoamiController],
      providers: [
        Gatekeeper,
        DualStrategy,
        { provide: REALM_NAME, useValue: REALM },
        { provide: GATE_OPTIONS, useValue: { jwtSources, failedAuthLimit, secureCookies: usesSecureCookies(options) } },
        { provide: APP_GUARD, useClass: AdmissionGuard },
      ],
      exports: [Gatekeeper],
    };
  }
}
