import { createHash, randomBytes } from 'node:crypto';

/** A page of the dashboard that begins with a one-time token. */
export type LinkPage = 'setup' | 'reset-password' | 'accept-invitation';

/** A new token, `kso_` and 256 random bits. Only its digest is stored. */
export const newOneTimeToken = (): string => `kso_${randomBytes(32).toString('base64url')}`;

/** In hex. A plain digest will do: there is nothing to guess in 256 random bits. */
export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The token stands in the fragment, which no browser sends and no server logs (`decisions.md` 38). */
export const linkTo = (publicUrl: string, page: LinkPage, token: string): string =>
  `${publicUrl.replace(/\/+$/, '')}/api-management/${page}#${token}`;
