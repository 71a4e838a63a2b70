import { type EntityManager, IsNull } from 'typeorm';

import { invalidField, type Principal } from '../common';
import { requireHeld } from '../permissions';
import { builtInRole } from './built-in-roles';
import { Role } from './role.entity';
import { lockRow } from './row-lock';

/** What a role may do; nothing where there is no such role in the organization. */
export async function scopesOfRole(manager: EntityManager, organizationId: string, role: string): Promise<readonly string[]> {
  return (await findScopes(manager, organizationId, role)) ?? [];
}

/**
 * Makes sure that the caller may give somebody this role, and keeps the role as it is until the transaction ends.
 * @throws Problem `scope_exceeds_grantor`; `validation_failed` where the organization has no such role
 */
export async function requireGrantable(manager: EntityManager, principal: Principal, role: string): Promise<void> {
  const { organizationId } = principal;
  if (!builtInRole(role)) await lockRow(manager, Role, { id: role, organizationId, deletedAt: IsNull() });
  const scopes = await findScopes(manager, organizationId, role);
  if (!scopes) throw invalidField('/role', 'is not a role of this organization');
  requireHeld(principal, scopes);
}

async function findScopes(manager: EntityManager, organizationId: string, role: string): Promise<readonly string[] | undefined> {
  const builtIn = builtInRole(role);
  if (builtIn) return builtIn.scopes;
  return (await manager.findOneBy(Role, { id: role, organizationId, deletedAt: IsNull() }))?.scopes;
}
