import { PAGE_PATHS } from '../../src/dashboard/page-paths';

/** Everything of the page lies below it. */
export const BASE = '/api-management';

export type ScreenName = keyof typeof PAGE_PATHS;

/** The address of a screen below `BASE`, as the router reads it: `/keys/:keyId`. */
export const pattern = (screen: ScreenName): string => `/${PAGE_PATHS[screen]}`;

/** Addresses for links, below `BASE`. */
export const paths = {
  home: '/',
  forgotPassword: '/forgot-password',
  keys: '/keys',
  newKey: '/keys/new',
  key: (keyId: string): string => `/keys/${keyId}`,
  usage: '/usage',
  calls: '/calls',
  call: (requestId: string): string => `/calls/${requestId}`,
  audit: '/audit',
  auditEvent: (eventId: string): string => `/audit/${eventId}`,
  members: '/members',
  roles: '/roles',
  serviceAccounts: '/service-accounts',
  organization: '/organization',
  health: '/health',
  account: '/account',
} as const;

/** Adds a query: `withQuery(paths.calls, { keyId })`. What is empty is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])));
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}
