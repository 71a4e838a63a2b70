import type { ScopeDescriptions } from '../permissions';

/** A sentence about each scope of this folder's endpoints. */
export const auditScopes: ScopeDescriptions = {
  'call_log.read': { description: 'See the calls of the organization and count them' },
  'call_log.export': { description: 'Take the calls of the organization out as a file' },
  'audit_event.read': { description: 'See who changed what, and check that the record is whole' },
  'audit_event.checkpoint': { description: 'Have the record of changes signed as it is now' },
  'audit_event.erase': { description: 'Erase what the record of changes tells about a person, not the changes' },
};
