import { type KeystileOptions, PatternKeyFormat } from 'keystile';

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
  tokenSources: ['header'],
  issuer: 'whatsapp-manager',
  realm: 'whatsapp-manager',
  problems: { body: failure, messages: { missing_credentials: MISSING, malformed_credentials: MISSING } },
} as const satisfies Partial<KeystileOptions>;
