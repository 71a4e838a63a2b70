import type { IncomingMessage } from 'node:http';

const EXPOSED = 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, ETag, Location, WWW-Authenticate';
const ALLOWED = 'Authorization, X-API-Key, Content-Type, Idempotency-Key, If-Match';
const PREFLIGHT_HOLDS_SECONDS = 600;

/** A browser that asks whether a page of another origin may send what it wants to send. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/**
 * What browsers need to hear before a page of another origin may call with a key and read the answer (`decisions.md` 40). Every
 * origin hears it: which pages may use a key is decided by the key's list of referrers, and no credential that a browser adds by
 * itself is let in this way.
 */
export function browserHeaders(request: IncomingMessage): Record<string, string> {
  const { origin, 'access-control-request-method': method } = request.headers;
  if (origin === undefined) return {};
  if (!isPreflight(request)) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED };
  return {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': METHODS.has(method!) ? method! : 'GET',
    'access-control-allow-headers': ALLOWED,
    'access-control-max-age': String(PREFLIGHT_HOLDS_SECONDS),
  };
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
