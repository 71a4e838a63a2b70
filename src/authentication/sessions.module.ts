import { type DynamicModule, Module } from '@nestjs/common';

import { type Clock, CLOCK } from '../common';
import { AccessTokens } from './access-token';
import { AccountController } from './account.controller';
import { Attempts } from './attempts';
import { InvitationAcceptanceController } from './invitation-acceptance.controller';
import { PasswordResetController } from './password-reset.controller';
import { SessionAnswers } from './session-answers';
import { SessionController } from './session.controller';
import { SESSIONS_OPTIONS, type SessionsOptions } from './sessions-options';
import { SessionTokens } from './session-tokens';
import { SetupController } from './setup.controller';
import { USER_TOKEN_VERIFIER } from './user-tokens';

/** Signing in and out, and the account of whoever has. */
@Module({})
export class SessionsModule {
  static forRoot(options: SessionsOptions): DynamicModule {
    const { publicUrl, signingKeys } = options;
    const accessTokens = (clock: Clock): AccessTokens => new AccessTokens({ issuer: publicUrl, audience: publicUrl, signingKeys }, clock);
    return {
      module: SessionsModule,
      controllers: [SetupController, SessionController, PasswordResetController, InvitationAcceptanceController, AccountController],
      providers: [
        Attempts,
        SessionAnswers,
        { provide: SESSIONS_OPTIONS, useValue: options },
        { provide: AccessTokens, inject: [CLOCK], useFactory: accessTokens },
        { provide: USER_TOKEN_VERIFIER, useClass: SessionTokens },
      ],
      exports: [USER_TOKEN_VERIFIER],
    };
  }
}
