import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { sendEtags } from './etag';
import { ServedResponse, StandingHeaders } from './served-response';

const YEAR_SECONDS = 365 * 24 * 3600;

/**
 * What the OWASP cheat sheet on HTTP headers names for an interface, and helmet sends: an API's answer is nothing that a browser should
 * run, frame, guess at or keep.
 */
const HEADERS = {
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'cache-control': 'no-store',
} as const;

/**
 * The headers of every answer, errors included, and the ETags of those that show a resource. Pages say in their handler what they need
 * instead. Call it before other hooks are added.
 *
 * @param isHttps whether people reach the service by https, so that browsers may be told never to come by http again
 */
export function secureHeaders(app: NestFastifyApplication, isHttps = false): void {
  const fastify = app.getHttpAdapter().getInstance();
  const headers = { ...HEADERS, ...(isHttps ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}) };
  const standing = new StandingHeaders(headers);
  fastify.addHook('onRequest', (_request, reply, done) => {
    if (reply.raw instanceof ServedResponse) reply.raw.standingHeaders = standing;
    else void reply.headers(headers);
    done();
  });
  sendEtags(fastify);
}
