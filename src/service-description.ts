import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As `package.json` says it; that file is one folder up, from `src/` and from `dist/` alike. */
export const SERVICE_VERSION = (JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { readonly version: string })
  .version;

/** What the OpenAPI document and the reference say about the service before they come to its endpoints. */
export const serviceDescription = {
  title: 'Keystile',
  description: [
    'Keystile issues, verifies, scopes, rotates, revokes, limits and audits API keys for organizations.',
    'Send a key as `Authorization: Bearer …` on every request; [Authentication](/docs/authentication) tells the rest. ' +
      'A key sees and does what its scopes allow, in its own organization.',
    'Bodies are JSON in camelCase, times RFC 3339 in UTC, durations whole seconds. Lists answer `{data, hasMore, nextCursor}`; pass ' +
      '`nextCursor` as `?cursor=` for the next page. In a PATCH an absent field stays and `null` clears it. Unknown fields and parameters ' +
      'are refused. A POST that creates may be repeated under the same `Idempotency-Key` for ten minutes. ' +
      '[Errors](/docs/errors) are `application/problem+json`; every answer carries `X-Request-Id`.',
  ].join('\n\n'),
  tags: {
    Messaging: 'Sends SMS, WhatsApp messages and e-mail. Accepted messages are queued and delivered from a durable outbox.',
    'API keys': 'Issues keys and ends them. A key keeps its id for life; its secrets come and go.',
    Logs: 'What was called: one row per request, refused ones included.',
    'Audit events': 'What was changed, by whom: a chain that shows when something is missing.',
    Scopes: 'What there is to be allowed.',
    Sessions: 'Signing in and out, and who is calling.',
    'Your account': 'What people see and change of themselves.',
    Organizations: 'Who owns keys, members and logs. Nothing crosses from one to another.',
    Members: 'The people of an organization, and how they become that.',
    Roles: 'Named sets of scopes for people and service accounts.',
    'Service accounts': 'Owners of keys that outlive people.',
    Operations: 'For load balancers and monitoring.',
  },
} as const;
