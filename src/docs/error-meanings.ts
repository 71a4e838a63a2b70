import type { ProblemCode } from '../common';

/** What happened when a code is answered; what to do about it stands in the problem itself. */
export const MEANINGS: Readonly<Record<ProblemCode, string>> = {
  missing_credentials:
    'The call carried no credential where this service looks for one: in the headers, and for the dashboard in its cookie.',
  malformed_credentials: 'There was an `Authorization` header, but not of the form `Bearer <key>`.',
  invalid_api_key:
    'The key is unknown. A wrong secret, a bad checksum and a key that never existed all get this one answer, in the same time, so that nobody learns which part was right.',
  api_key_revoked: 'The key was revoked, rotated away or deleted. Only somebody who presents the whole secret is told so.',
  api_key_disabled: 'Somebody has switched the key off for the time being.',
  api_key_expired: 'The key’s `expiresAt` has passed.',
  invalid_token: 'The access token was not signed by this service, is not meant for it, or belongs to a session that has ended.',
  token_expired: 'Access tokens live for 15 minutes.',
  owner_inactive: 'Keys act for an owner: a person, a service account or the organization. This one’s owner may no longer act.',
  login_failed: 'The e-mail address and the password do not belong together. Whether the account exists is not told.',
  credential_conflict: 'Two headers carried different credentials, or one header was sent twice. Which one was meant is not guessed.',
  ip_not_allowed: 'The key has an IP allowlist and the address of this call is not on it.',
  referrer_not_allowed: 'The key is for certain web pages and the call did not come from one of them.',
  endpoint_not_allowed: 'The key may call certain endpoints only, whatever its scopes.',
  wrong_environment: 'The endpoint acts on live data, and the key is a test key.',
  organization_suspended: 'All credentials of the organization are refused until it is restored.',
  insufficient_scope: 'The credential is valid but lacks a scope that this endpoint requires. `requiredScopes` lists them.',
  scope_exceeds_grantor: 'Nobody can give away what they do not hold: keys and roles are made from the scopes of whoever makes them.',
  csrf_rejected: 'The call was authenticated by the dashboard’s cookie but did not come from the dashboard.',
  forbidden: 'The credential is valid and holds the scopes, but this is reserved for somebody else.',
  not_found: 'There is no such endpoint or object. Objects of other organizations get the same answer as objects that do not exist.',
  conflict: 'The change contradicts something that exists: a name that is taken, a key that has been revoked.',
  rotation_conflict: 'Two rotations of one key within ten seconds are taken for one that was sent twice.',
  idempotency_in_flight:
    'The first request with this `Idempotency-Key` has not been answered yet. After a crash in the middle of it nobody can tell what it did, and repeats get this answer for ten minutes.',
  idempotency_conflict: 'The `Idempotency-Key` was used within ten minutes for a request with another path or body.',
  precondition_failed: 'The `ETag` in `If-Match` is not that of the resource as it is now.',
  validation_failed:
    'The body, a query parameter or a header is not what the endpoint expects. Unknown fields are refused, so that a typo never passes.',
  malformed_json: 'The body is not one JSON object in UTF-8, or too deep or too wide to be one that is meant seriously.',
  bad_request: 'The HTTP request itself is broken.',
  unknown_scope: 'A scope names nothing that any endpoint asks for. `didYouMean` offers the nearest one.',
  token_used_or_expired: 'Setup, invitation and reset links work once and for a limited time.',
  payload_too_large: 'The body is larger than the endpoint takes.',
  unsupported_media_type: 'The body is not of a type that the endpoint reads.',
  rate_limited: 'The key has used up its rate limit, or the address has sent too many bad credentials.',
  internal_error: 'Something broke that should not have. Nothing more is said here, and everything in the log.',
  unavailable:
    'The database did not answer in time, or this process is shutting down. A change may or may not have happened; repeating it is safe with `Idempotency-Key`.',
};
