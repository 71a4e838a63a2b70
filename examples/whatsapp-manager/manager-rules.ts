import { type KeystileOptions, type KeystileParts, PatternKeyFormat } from 'keystile';

import { failure } from './answers';

export const KEY_PREFIX = 'whm_';

/** Where the document says the system is. */
export const DOCUMENTED_PORT = 8080;

const MISSING = 'Missing or invalid X-API-Key or Authorization header';

/** How this system's keys read, where they are sent and whose rights they have: everything that the document fixes, and no more. */
export const MANAGER_RULES = {
  formats: [
    new PatternKeyFormat({
      prefix: { live: KEY_PREFIX, test: KEY_PREFIX },
      lookupLength: 8,
      secretLength: 24,
      alphabet: 'hex',
      // The document's own example holds letters up to p.
      accepts: 'base36',
    }),
  ],
  permissionSource: 'inherit-owner',
  keySources: ['x-api-key'],
  tokenSources: ['header', 'cookie'],
  issuer: 'whatsapp-manager',
  realm: 'whatsapp-manager',
  problems: { body: failure, messages: { missing_credentials: MISSING, malformed_credentials: MISSING } },
} as const satisfies Partial<KeystileOptions>;

/** The page at `/api-management`, in the words of the document. */
export const MANAGER_DASHBOARD = {
  signIn: '/sign-in',
  docs: '/docs/api-keys',
  labels: {
    product: 'WhatsApp manager',
    keysSection: 'Organization',
    keys: 'API Keys',
    aboutKeys: 'API keys inherit the permissions of the admin user who created them, providing full access to all API endpoints.',
    createKey: 'Create API Key',
  },
  keyHeader: 'X-API-Key:',
  firstCall: '/api/contacts',
  scopes: false,
  testKeys: false,
} as const satisfies KeystileParts['dashboard'];
