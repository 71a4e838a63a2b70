import type { AccessTokenKey } from './access-token';

export interface SessionsOptions {
  /** How people reach the service. Issuer and audience of access tokens; an https one makes cookies Secure. */
  readonly publicUrl: string;
  /** The first one signs, all of them verify. */
  readonly signingKeys: readonly AccessTokenKey[];
}

export const SESSIONS_OPTIONS = Symbol('keystile:sessions-options');

export const usesSecureCookies = ({ publicUrl }: Pick<SessionsOptions, 'publicUrl'>): boolean => publicUrl.startsWith('https:');
