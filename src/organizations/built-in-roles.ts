/** A role that every organization has. Constants, not rows: a release changes them for everybody. */
export interface BuiltInRole {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
}

export const OWNER_ROLE = 'owner';

const SENDING = ['send_sms', 'send_whatsapp', 'send_email'];

export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  { name: OWNER_ROLE, description: 'Everything, the end of the organization included.', scopes: ['*'] },
  {
    name: 'admin',
    description: 'Everything but deleting the organization.',
    scopes: [
      'api_key.*',
      'member.*',
      'role.*',
      'service_account.*',
      'call_log.*',
      'audit_event.*',
      'organization.read',
      'organization.update',
      ...SENDING,
    ],
  },
  {
    name: 'developer',
    description: 'Keys of the organization and the log of their calls, and sending.',
    scopes: ['api_key.*', 'call_log.read', 'service_account.read', 'role.read', 'organization.read', ...SENDING],
  },
  {
    name: 'auditor',
    description: 'Reads and exports, changes nothing.',
    scopes: [
      'api_key.read',
      'call_log.*',
      'audit_event.read',
      'audit_event.checkpoint',
      'organization.read',
      'member.read',
      'role.read',
      'service_account.read',
    ],
  },
];

export const builtInRole = (name: string): BuiltInRole | undefined => BUILT_IN_ROLES.find((role) => role.name === name);
