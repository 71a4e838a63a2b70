import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport = require('passport');
import { Strategy, type VerifyFunctionWithRequest } from 'passport-http-bearer';

import type { DenialCode, Principal, Suspect } from '../common';
import { type CallFacts, KeyVerifier } from '../keys';
import type { LimitStanding } from '../rate-limits';
import type { Presented } from './credential';
import { USER_TOKEN_VERIFIER, type UserTokenVerifier } from './user-tokens';

/** Who a credential belongs to, or why it was refused. A refusal is a value until a guard or the hook throws it. */
export type Authentication =
  | { readonly outcome: 'valid'; readonly principal: Principal; readonly limits?: readonly LimitStanding[] }
  | {
      readonly outcome: DenialCode;
      readonly suspect: Suspect | null;
      readonly presentedPrefix: string | null;
      readonly retryAfterSeconds?: number;
      readonly limits?: readonly LimitStanding[];
    };

/** What the strategy is shown of a call: the one credential that was read from it, and what a key may be restricted by. */
export interface PresentedCall {
  readonly credential: Extract<Presented, { token: string }>;
  readonly facts: CallFacts;
  /** The same call again, after its body has come. */
  readonly isSecondLook: boolean;
}

type Middleware = (request: unknown, response: unknown, next: (error: unknown) => void) => void;

export const REALM_NAME = Symbol('keystile:realm');

/**
 * passport-http-bearer by itself also takes a token from the body and the query, and answers 400 where we answer 401. It is
 * shown one header with the one token that `readCredential` found, and nothing else.
 */
class HeaderOnlyBearer extends Strategy<VerifyFunctionWithRequest> {
  override authenticate(call: unknown): void {
    const { credential } = call as PresentedCall;
    const shown = { headers: { authorization: `Bearer ${credential.token}` }, call };
    super.authenticate(shown as unknown as Parameters<Strategy<VerifyFunctionWithRequest>['authenticate']>[0]);
  }
}

/**
 * The one strategy for both kinds of credential (seeds T33 and T36): the shape of the token says which it is, and there is no
 * way from one to the other.
 */
@Injectable()
export class DualStrategy extends PassportStrategy(HeaderOnlyBearer, 'keystile') {
  private authenticator?: passport.Authenticator;

  constructor(
    private readonly keys: KeyVerifier,
    @Inject(USER_TOKEN_VERIFIER) private readonly users: UserTokenVerifier,
    @Inject(REALM_NAME) realm: string,
  ) {
    super({ realm, passReqToCallback: true });
  }

  async validate({ call: { credential, facts, isSecondLook } }: { readonly call: PresentedCall }, token: string): Promise<Authentication> {
    return credential.kind === 'user_token' ? this.validateUserToken(token) : this.keys.verify(token, facts, { isSecondLook });
  }

  /** What `authenticateCall` says, for a credential that is remembered: at once, where nobody has to be asked. `undefined` for any other. */
  recall({ credential, facts, isSecondLook }: PresentedCall): Authentication | Promise<Authentication> | undefined {
    if (credential.kind === 'api_key') return this.keys.recall(credential.token, facts, isSecondLook);
    const principal = this.users.recall?.(credential.token);
    return principal && { outcome: 'valid', principal };
  }

  /** Runs passport over the call. */
  async authenticateCall(call: PresentedCall): Promise<Authentication> {
    return new Promise((resolve, reject) => {
      const settle = (error: unknown, authentication?: Authentication | false | null): void => {
        if (error) return reject(error instanceof Error ? error : new Error('The strategy failed', { cause: error }));
        resolve(authentication || { outcome: 'malformed_credentials', suspect: null, presentedPrefix: null });
      };
      const run = this.getPassportInstance().authenticate('keystile', { session: false }, settle) as Middleware;
      run(call, {}, reject);
    });
  }

  /** An instance of its own: passport's global one holds one strategy of a name, and two applications may live in one process. */
  getPassportInstance(): passport.Authenticator {
    return (this.authenticator ??= new passport.Passport());
  }

  private async validateUserToken(token: string): Promise<Authentication> {
    const principal = await this.users.principalOf(token);
    return typeof principal === 'string' ? { outcome: principal, suspect: null, presentedPrefix: null } : { outcome: 'valid', principal };
  }
}
