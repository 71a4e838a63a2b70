import type { ScopeDescriptions } from '../permissions';

/** A sentence about each scope of this folder's endpoints. */
export const organizationScopes: ScopeDescriptions = {
  'organization.read': { description: 'See the organization and its options' },
  'organization.update': { description: 'Rename the organization and change its options' },
  'organization.create': { description: 'Create organizations; for the operator only', grantableToKeys: false },
  'organization.suspend': { description: 'Suspend and restore organizations; for the operator only', grantableToKeys: false },
  'organization.delete': { description: 'Delete the organization', grantableToKeys: false },
  'member.read': { description: 'See members and invitations' },
  'member.invite': { description: 'Invite people and take invitations back' },
  'member.update': { description: 'Give members another role' },
  'member.delete': { description: 'Remove members' },
  'role.read': { description: 'See roles and what they may do' },
  'role.create': { description: 'Create roles' },
  'role.update': { description: 'Change roles' },
  'role.delete': { description: 'Delete roles that nobody has' },
  'service_account.read': { description: 'See service accounts' },
  'service_account.create': { description: 'Create service accounts' },
  'service_account.update': { description: 'Change, disable and enable service accounts' },
  'service_account.delete': { description: 'Delete service accounts' },
};
