import type { DenialCode, Principal } from '../common';

/** Says whose an access token is. The service's sessions and a host's own sign-in are its two implementations. */
export interface UserTokenVerifier {
  /** A refusal is a value. */
  principalOf(token: string): Promise<Principal | DenialCode>;
  /** The same at once, for a token whose owner is remembered and still who they were; `undefined` for any other. */
  recall?(token: string): Principal | undefined;
}

export const USER_TOKEN_VERIFIER = Symbol('keystile:user-token-verifier');
