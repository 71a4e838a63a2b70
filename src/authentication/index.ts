/**
 * Who calls, and may they. `readCredential` finds the one credential of a request, `DualStrategy` tells by its shape what it is and
 * whose, `Gatekeeper` decides the call; the request hook (`installGate`) asks before a body is read, the guard is the second line.
 */
export { type AccessTokenKey } from './access-token';
export { AdmissionGuard } from './admission.guard';
export { type AdmittedRequest, installGate } from './gate';
export { GateModule } from './gate.module';
export { AuthenticationModule, type AuthenticationOptions } from './authentication.module';
export { type CredentialSources, isJwtShaped, type KeySource, type Presented, readCredential, type TokenSource } from './credential';
export { Gatekeeper, type GateOptions } from './gatekeeper';
export { type HostUser, signingKeyFrom, UserTokens, type UserTokensOptions } from './host-tokens';
export { SignInAttempts } from './sign-in-attempts';
export { sessionCookieName } from './session-cookies';
export { USER_TOKEN_VERIFIER, type UserTokenVerifier } from './user-tokens';
