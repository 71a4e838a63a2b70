import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser sent this from a page of our own (`decisions.md` 5). `Sec-Fetch-Site` decides where it is sent, since no page
 * can set it; older browsers send an `Origin`, which then has to be the request's own host. Neither: no.
 */
export function isSameOrigin({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost, origin: serialized } = new URL(origin);
  // Anything but a plain serialized origin (a path, a user, another spelling) was not written by a browser.
  if (serialized !== origin || !['http:', 'https:'].includes(protocol)) return false;
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === originHost;
}
