import { type KeystileOptions, type KeystileParts, PatternKeyFormat, type ProblemBody } from 'keystile';

export const SESSION_COOKIE = 'hub_session';

/** The one access level there is (K22). It stands for scopes, so that finer levels can be added one day (K24). */
export const FULL_ACCESS = 'full_access';

/** How this system's keys read and what its refusals say: everything that the seed document fixes, and no more. */
export const HUB_RULES = {
  formats: [new PatternKeyFormat({ lookupLength: 12, secretLength: 48, separator: '_', alphabet: 'hex' })],
  maxActiveKeysPerOwner: 1,
  permissionSource: 'scopes',
  impliedScopes: { [FULL_ACCESS]: ['card.*'] },
  keySources: ['bearer'],
  unauthorizedClass: 'one',
  tokenSources: ['cookie'],
  sessionCookie: SESSION_COOKIE,
  issuer: 'knowledge-hub',
  realm: 'knowledge-hub',
  problems: { body: refusal },
} as const satisfies Partial<KeystileOptions>;

/** The page at `/api-management`, in the words of the document. It shows and revokes; “Generate API Key” leads to the settings (K03, K04). */
export const HUB_DASHBOARD = {
  signIn: '/settings',
  createKeyAt: '/settings',
  docs: '/docs',
  labels: {
    product: 'Knowledge hub',
    keysSection: 'Settings',
    keys: 'API Keys',
    aboutKeys: 'Only one API key can be active per user at a time. Generating a new API key will automatically revoke any existing keys.',
    createKey: 'Generate API Key',
  },
  scopes: false,
  testKeys: false,
  commands: false,
} as const satisfies KeystileParts['dashboard'];

/** The two classes of the document (K14, K15) and the rest by its own code. */
function refusal({ status, code, message, errors }: ProblemBody): object {
  if (MISSING.has(code)) return { code: 'MISSING_AUTHORIZATION', error: 'Missing or invalid Authorization header' };
  if (status === 401 && code !== 'login_failed') return { code: 'INVALID_API_KEY', error: 'Invalid API key' };
  if (status === 429) return { code: 'RATE_LIMITED', error: 'Too many requests' };
  return { code: code.toUpperCase(), error: message, ...(errors ? { fields: errors } : {}) };
}

const MISSING: ReadonlySet<string> = new Set(['missing_credentials', 'malformed_credentials']);
