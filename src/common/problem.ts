/**
 * Every way the service says no, in one table: the status, the exact words of `message`, and what a person can do about it.
 * `code` is stable and is what programs match. RFC 9457 carries it, RFC 6750 §3.1 gives `challenge`.
 */
export const PROBLEMS = {
  missing_credentials: {
    status: 401,
    message: 'Missing or invalid Authorization header',
    detail: 'Send the credential as `Authorization: Bearer …` or `X-API-Key: …`. A key in the URL or in the body is never read.',
  },
  malformed_credentials: {
    status: 401,
    message: 'Missing or invalid Authorization header',
    challenge: 'invalid_token',
    detail: 'The header has to read `Authorization: Bearer <key>`, with one blank between the two words.',
  },
  invalid_api_key: {
    status: 401,
    message: 'Invalid API key',
    challenge: 'invalid_token',
    detail: 'No key of this service reads like that. Check that it was copied whole.',
  },
  api_key_revoked: {
    status: 401,
    message: 'API key has been revoked',
    challenge: 'invalid_token',
    detail: 'A revoked key never works again. Create a new one.',
  },
  api_key_disabled: {
    status: 401,
    message: 'API key is disabled',
    challenge: 'invalid_token',
    detail: 'An admin of the organization can enable it again.',
  },
  api_key_expired: {
    status: 401,
    message: 'API key has expired',
    challenge: 'invalid_token',
    detail: 'Create or rotate a key, or have an admin move its expiry.',
  },
  invalid_token: { status: 401, message: 'Invalid access token', challenge: 'invalid_token', detail: 'Sign in again.' },
  token_expired: {
    status: 401,
    message: 'Access token has expired',
    challenge: 'invalid_token',
    detail: 'Refresh the session, or sign in again.',
  },
  owner_inactive: {
    status: 401,
    message: 'The owner of this API key is no longer active',
    challenge: 'invalid_token',
    detail: 'The person or service account that owned this key is gone or suspended.',
  },
  login_failed: { status: 401, message: 'Wrong e-mail address or password', detail: 'Check both, or reset the password.' },
  credential_conflict: {
    status: 400,
    message: 'Two different credentials were sent',
    challenge: 'invalid_request',
    detail: 'Send exactly one credential, in one header, once.',
  },
  ip_not_allowed: {
    status: 403,
    message: 'Request IP is not in the API key whitelist',
    detail: 'Call from an address on the key’s allowlist, or have an admin add this one.',
  },
  referrer_not_allowed: {
    status: 403,
    message: 'Request referrer is not allowed for this API key',
    detail: 'Call from a page on the key’s list of referrers.',
  },
  endpoint_not_allowed: {
    status: 403,
    message: 'This endpoint is not allowed for this API key',
    detail: 'The key is restricted to other endpoints.',
  },
  wrong_environment: { status: 403, message: 'A test key cannot be used here', detail: 'Use a live key.' },
  organization_suspended: { status: 403, message: 'This organization is suspended', detail: 'Ask the operator of this installation.' },
  insufficient_scope: {
    status: 403,
    message: 'Insufficient scope',
    challenge: 'insufficient_scope',
    detail: 'Use a credential that holds the scopes in `requiredScopes`.',
  },
  scope_exceeds_grantor: {
    status: 403,
    message: 'You cannot grant a scope that you do not hold',
    detail: 'Leave out the scopes in `scopes`, or ask somebody who holds them.',
  },
  csrf_rejected: {
    status: 403,
    message: 'Cross-site request refused',
    detail: 'A change by cookie has to come from the dashboard’s own origin.',
  },
  forbidden: { status: 403, message: 'You may not do this', detail: 'This is for somebody else to do.' },
  not_found: { status: 404, message: 'Not found', detail: 'There is nothing here, or nothing that you may see.' },
  conflict: { status: 409, message: 'It already exists', detail: 'Read the message and change the request.' },
  rotation_conflict: {
    status: 409,
    message: 'The API key was rotated a moment ago',
    detail: 'Wait ten seconds, or name the current `ETag` in `If-Match`.',
  },
  idempotency_in_flight: {
    status: 409,
    message: 'A request with this Idempotency-Key is still running',
    detail: 'Wait for its answer, then repeat.',
  },
  idempotency_conflict: {
    status: 422,
    message: 'This Idempotency-Key was used with another request',
    detail: 'Use a new key for a new request.',
  },
  precondition_failed: { status: 412, message: 'The resource has changed', detail: 'Read it again and repeat with its current `ETag`.' },
  validation_failed: { status: 400, message: 'Validation failed', detail: '`errors` names each field that is wrong.' },
  malformed_json: {
    status: 400,
    message: 'Body is not valid JSON',
    detail: 'Send one JSON object, at most 32 levels deep and with at most 1,000 values.',
  },
  bad_request: { status: 400, message: 'Bad request', detail: 'The request could not be read.' },
  unknown_scope: { status: 422, message: 'Unknown scope', detail: '`GET /v1/scopes` lists every scope.' },
  token_used_or_expired: { status: 400, message: 'This link has been used or has expired', detail: 'Ask for a new one.' },
  payload_too_large: { status: 413, message: 'Payload too large', detail: 'Bodies are limited to 1 MiB, uploads to 5 MiB.' },
  unsupported_media_type: {
    status: 415,
    message: 'Unsupported media type',
    detail: 'Send `application/json` in UTF-8, uncompressed; an upload as a form with a PNG or JPEG.',
  },
  rate_limited: { status: 429, message: 'Too many requests', detail: 'Wait as long as `Retry-After` says.' },
  internal_error: { status: 500, message: 'Internal error', detail: 'It was our fault and has been logged under `requestId`.' },
  unavailable: { status: 503, message: 'Service temporarily unavailable', detail: 'Try again in a moment.' },
} as const satisfies Record<string, ProblemKind>;

interface ProblemKind {
  readonly status: number;
  readonly message: string;
  readonly detail: string;
  readonly challenge?: 'invalid_token' | 'insufficient_scope' | 'invalid_request';
}

export type ProblemCode = keyof typeof PROBLEMS;

/** Members that some problems carry besides the common ones (RFC 9457 §3.2). */
export interface ProblemExtras {
  readonly requiredScopes?: readonly string[];
  /** With `requiredScopes`: one of them is enough. */
  readonly anyOf?: boolean;
  readonly scopes?: readonly string[];
  readonly didYouMean?: Readonly<Record<string, string>>;
  readonly errors?: ReadonlyArray<{ readonly pointer: string; readonly message: string }>;
  /** Whole seconds, at least one; also sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** A refusal on its way to the one filter that answers it. */
export class Problem extends Error {
  override readonly name: string = 'Problem';

  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
    /** Replaces the table's `message` where the table only gives its beginning. */
    message: string = PROBLEMS[code].message,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get status(): number {
    return this.kind.status;
  }

  /** What the call log says, where it may tell more than the answer. */
  get loggedAs(): ProblemCode {
    return this.code;
  }

  /** The `error` of the RFC 6750 challenge, where there is one. */
  get challenge(): string | undefined {
    return this.kind.challenge;
  }

  get detail(): string {
    return this.kind.detail;
  }

  private get kind(): ProblemKind {
    return PROBLEMS[this.code];
  }
}

/** Why a credential was not let in: the codes that a verification can give. */
export type DenialCode = Extract<
  ProblemCode,
  | 'missing_credentials'
  | 'malformed_credentials'
  | 'invalid_api_key'
  | 'api_key_revoked'
  | 'api_key_disabled'
  | 'api_key_expired'
  | 'invalid_token'
  | 'token_expired'
  | 'owner_inactive'
  | 'credential_conflict'
  | 'ip_not_allowed'
  | 'referrer_not_allowed'
  | 'endpoint_not_allowed'
  | 'wrong_environment'
  | 'organization_suspended'
  | 'insufficient_scope'
  | 'csrf_rejected'
  | 'rate_limited'
  | 'unavailable'
>;

/** Thrown by guards and the request hook only; everything before them passes refusals on as values. */
export class AccessDeniedError extends Problem {
  override readonly name = 'AccessDeniedError';

  constructor(
    override readonly code: DenialCode,
    extras?: ProblemExtras,
    message?: string,
    private readonly actual: DenialCode = code,
  ) {
    super(code, extras, message);
  }

  override get loggedAs(): DenialCode {
    return this.actual;
  }
}

export const notFound = (): Problem => new Problem('not_found');
export const conflict = (message: string): Problem => new Problem('conflict', {}, message);

/** One bad field, named by its JSON pointer (RFC 6901). */
export const invalidField = (pointer: string, message: string): Problem =>
  new Problem('validation_failed', { errors: [{ pointer, message }] });
