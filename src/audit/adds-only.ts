/**
 * The actions after which everything that was remembered is still true: they tell of reads, of attempts, or of things that are new.
 * Whatever is not listed raises the epoch.
 */
export const ADDS_ONLY: ReadonlySet<string> = new Set([
  'api_key.created',
  'api_key.create_denied',
  'api_key.update_denied',
  'api_key.enable_denied',
  'api_key.rotate_denied',
  'api_key.imported',
  'api_key.exposed_in_url',
  'api_key.expiry_near',
  'api_key.rotation_due',
  'api_key.new_network',
  'api_key.refusal_burst',
  'api_key_import.created',
  'audit_event.checkpointed',
  'audit_event.exported',
  'audit_event.personal_erased',
  'audit_event.read',
  'call_log.exported',
  'call_log.read',
  'installation.set_up',
  'invitation.created',
  'invitation.revoked',
  'message.resent',
  'organization.created',
  'role.created',
  'service_account.created',
  'session.started',
  'user.login_failed',
  'user.password_reset_requested',
]);
