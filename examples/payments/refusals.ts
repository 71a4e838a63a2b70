import type { KeystileOptions, ProblemBody, ProblemCode } from 'keystile';

const UNAUTHORIZED = 'Missing or invalid API key';
const FORBIDDEN = "API key doesn't have permission for this resource";

const each = (message: string, codes: readonly ProblemCode[]) => Object.fromEntries(codes.map((code) => [code, message]));

/** The two texts of the document, whatever the reason; `code` tells programs more. */
export const refusals: NonNullable<KeystileOptions['problems']> = {
  messages: {
    ...each(UNAUTHORIZED, [
      'missing_credentials',
      'malformed_credentials',
      'invalid_api_key',
      'api_key_revoked',
      'api_key_disabled',
      'api_key_expired',
      'owner_inactive',
      'invalid_token',
      'token_expired',
    ]),
    ...each(FORBIDDEN, [
      'insufficient_scope',
      'ip_not_allowed',
      'referrer_not_allowed',
      'endpoint_not_allowed',
      'wrong_environment',
      'scope_exceeds_grantor',
    ]),
  },
  body: ({ status, code, message, detail, requestId, errors }: ProblemBody & { readonly errors?: unknown }) => ({
    success: false,
    code,
    message,
    help: SOLUTIONS[status] ?? detail,
    docs_url: '/docs/authentication#troubleshooting',
    request_id: requestId,
    ...(errors ? { errors } : {}),
  }),
};

const SOLUTIONS: Readonly<Record<number, string>> = {
  401: 'Verify your API key is correct and included in the Authorization header',
  403: 'Check your API key permissions in the dashboard',
};
