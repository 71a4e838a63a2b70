/**
 * Who calls, and may they. `readCredential` finds the one credential of a request, `DualStrategy` tells by its shape what it is and
 * whose, `Gatekeeper` decides the call; the request hook (`installGate`) asks before a body is read, the guard is the second line.
 */
export { type AdmittedRequest, installGate } from './gate';
export { AuthenticationModule, type AuthenticationOptions } from './authentication.module';
export { isJwtShaped, type Presented, readCredential, type TokenSource } from './credential';
export { Gatekeeper } from './gatekeeper';
export { sessionCookieName } from './session-cookies';
