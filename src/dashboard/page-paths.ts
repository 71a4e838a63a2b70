/**
 * The address of each screen below `/api-management`. The service serves the page at exactly these, and the page itself imports them, so
 * that neither knows one that the other does not. `:keyId` and its like are ids: whatever else stands there is 404.
 */
export const PAGE_PATHS = {
  home: '',
  setup: 'setup',
  acceptInvitation: 'accept-invitation',
  forgotPassword: 'forgot-password',
  resetPassword: 'reset-password',
  keys: 'keys',
  newKey: 'keys/new',
  key: 'keys/:keyId',
  usage: 'usage',
  calls: 'calls',
  call: 'calls/:requestId',
  audit: 'audit',
  auditEvent: 'audit/:eventId',
  members: 'members',
  roles: 'roles',
  serviceAccounts: 'service-accounts',
  organization: 'organization',
  health: 'health',
  account: 'account',
} as const;
