/** The two cookies of a session in a browser. */
export interface SessionCookies {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Lifetimes {
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
}

/** `__Host-` makes browsers refuse a cookie that another host or path, or plain HTTP, tries to put in its place. */
const prefixed = (name: string, secure: boolean): string => (secure ? `__Host-${name}` : name);

/** Of the access token. @param secure whether people reach the service by https */
export const sessionCookieName = (secure: boolean): string => prefixed('keystile_session', secure);

export const refreshCookieName = (secure: boolean): string => prefixed('keystile_refresh', secure);

/** Values of `Set-Cookie` that begin or renew a session. */
export function setSessionCookies({ accessToken, refreshToken }: SessionCookies, lifetimes: Lifetimes, secure: boolean): string[] {
  return [
    serialize(sessionCookieName(secure), accessToken, lifetimes.accessSeconds, secure),
    serialize(refreshCookieName(secure), refreshToken, lifetimes.refreshSeconds, secure),
  ];
}

/** Values of `Set-Cookie` that end one. */
export const clearSessionCookies = (secure: boolean): string[] =>
  [sessionCookieName(secure), refreshCookieName(secure)].map((name) => serialize(name, '', 0, secure));

/** The value of a cookie; `undefined` where it is missing, or there twice with different values and one was not set by us. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  return new Set(values).size === 1 ? values[0] : undefined;
}

/** Tokens are base64url, dots and underscores: nothing in them needs quoting (RFC 6265 §4.1.1). */
const serialize = (name: string, value: string, maxAgeSeconds: number, secure: boolean): string =>
  `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
