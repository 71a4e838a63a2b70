import type { DenialCode, Principal } from '../common';

/** Says whose an access token is. The service's sessions and a host's own sign-in are its two implementations. */
export interface UserTokenVerifier {
  /** A refusal is a value. */
  principalOf(token: string): Promise<Principal | DenialCode>;
}

export const USER_TOKEN_VERIFIER = Symbol('keystile:user-token-verifier');
