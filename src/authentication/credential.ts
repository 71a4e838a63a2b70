import type { IncomingHttpHeaders } from 'node:http';

/** Where a token of people may come from. Keys come in headers, always. */
export type TokenSource = 'cookie' | 'header';

/** What a call presents about who makes it. */
export type Presented =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'malformed' }
  /** Two different credentials, or one header twice: whoever checks first would decide who calls (A03.3). */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'api_key'; readonly token: string }
  | { readonly kind: 'user_token'; readonly token: string; readonly from: TokenSource };

/** The parts of a request that credentials are read from: never the URL, never the body (seed C27). */
export interface CredentialHeaders {
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** A token as RFC 6750 §2.1 writes it, behind one blank. */
const BEARER = /^bearer ([A-Za-z0-9\-._~+/]+=*) *$/i;
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const LONGEST_TOKEN = 4096;

/** The headers that a key may come in. */
export type KeySource = 'bearer' | 'x-api-key';

/** Where a system looks for credentials. */
export interface CredentialSources {
  readonly sessionCookie: string;
  /** In their order; a key in another header is nothing. Default: both. */
  readonly keySources?: readonly KeySource[];
  /** What becomes of two different credentials: an error, or the one that stands in the first of the sources. Default `reject`. */
  readonly credentialConflict?: 'reject' | 'first-wins';
}

export function readCredential({ headers, rawHeaders }: CredentialHeaders, sources: CredentialSources): Presented {
  const { sessionCookie, keySources = ['bearer', 'x-api-key'], credentialConflict = 'reject' } = sources;
  const counted = countCredentialHeaders(rawHeaders);
  if (counted.authorization > 1 || (counted.apiKey > 1 && keySources.includes('x-api-key'))) return { kind: 'conflict' };
  const authorization = readAuthorization(headers.authorization);
  const bearer = authorization?.kind === 'api_key' && !keySources.includes('bearer') ? undefined : authorization;
  const apiKey = keySources.includes('x-api-key') ? readApiKeyHeader(headers['x-api-key'] as string | undefined) : undefined;
  if (bearer && apiKey) {
    if (sameToken(bearer, apiKey)) return bearer;
    if (credentialConflict === 'reject') return { kind: 'conflict' };
    return keySources[0] === 'x-api-key' ? apiKey : bearer;
  }
  return bearer ?? apiKey ?? readCookie(headers.cookie, sessionCookie);
}

/**
 * Three base64url segments, the first of which decodes to a JSON object with `alg`, are a JWT; anything else is an API key
 * (seed T36). Neither is ever tried as the other.
 */
export function isJwtShaped(token: string): boolean {
  if (!token.includes('.')) return false;
  const segments = token.split('.');
  if (segments.length !== 3 || !segments.every((segment) => /^[A-Za-z0-9_-]*$/.test(segment)) || segments[0] === '') return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(segments[0]!, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && !Array.isArray(header) && 'alg' in header;
  } catch {
    // Not JSON: no JWT. What it is instead, the key format decides.
    return false;
  }
}

/** `undefined` where there is no bearer credential: other schemes are somebody else's (a proxy's Basic, say). */
function readAuthorization(header: string | undefined): Presented | undefined {
  if (header === undefined || !/^bearer\b/i.test(header)) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined || token.length > LONGEST_TOKEN) return { kind: 'malformed' };
  return isJwtShaped(token) ? { kind: 'user_token', token, from: 'header' } : { kind: 'api_key', token };
}

/** Only keys come this way. A JWT here is an unknown key. */
function readApiKeyHeader(header: string | undefined): Presented | undefined {
  if (header === undefined || header === '') return undefined;
  const token = header.trim();
  return TOKEN.test(token) && token.length <= LONGEST_TOKEN ? { kind: 'api_key', token } : { kind: 'malformed' };
}

/** Only tokens of people come this way. A key here is nothing. */
function readCookie(header: string | undefined, name: string): Presented {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  const [token] = values;
  if (token === undefined || !TOKEN.test(token) || token.length > LONGEST_TOKEN || !isJwtShaped(token)) return { kind: 'nothing' };
  // Two cookies of one name come from two paths or hosts; one of them was not set by us.
  return values.length > 1 ? { kind: 'conflict' } : { kind: 'user_token', token, from: 'cookie' };
}

function sameToken(left: Presented, right: Presented): boolean {
  return 'token' in left && 'token' in right && left.token === right.token && left.kind === right.kind;
}

function countCredentialHeaders(rawHeaders: readonly string[]): { authorization: number; apiKey: number } {
  const counted = { authorization: 0, apiKey: 0 };
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { length } = rawHeaders[i]!;
    if (length === 'authorization'.length && rawHeaders[i]!.toLowerCase() === 'authorization') counted.authorization++;
    if (length === 'x-api-key'.length && rawHeaders[i]!.toLowerCase() === 'x-api-key') counted.apiKey++;
  }
  return counted;
}
