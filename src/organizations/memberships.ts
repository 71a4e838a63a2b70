import type { EntityManager } from 'typeorm';

import { conflict } from '../common';
import { OWNER_ROLE } from './built-in-roles';
import { Membership } from './membership.entity';
import { Organization } from './organization.entity';
import { lockRow } from './row-lock';
import { User } from './user.entity';

/** A place that somebody has, with the organization that it is in. */
export type Place = Membership & { readonly organization: Organization };

/** Every place of a user in organizations that are not deleted, the oldest first. */
export async function placesOf(manager: EntityManager, userId: string): Promise<Place[]> {
  return (await manager
    .createQueryBuilder(Membership, 'membership')
    .innerJoinAndMapOne('membership.organization', Organization, 'organization', 'organization.id = membership.organizationId')
    .where('membership.userId = :userId AND organization.deletedAt IS NULL', { userId })
    .orderBy('membership.createdAt')
    .addOrderBy('membership.organizationId')
    .getMany()) as Place[];
}

/**
 * Puts the changes of an organization's owners in line: of two owners who demote each other at once, the second finds itself
 * the last one. Call it before reading who the owners are.
 */
export const lockOrganization = (manager: EntityManager, organizationId: string): Promise<boolean> =>
  lockRow(manager, Organization, { id: organizationId });

/**
 * For an owner who is about to be none, under the organization's lock.
 * @throws Problem `conflict`
 */
export async function requireAnotherOwner(manager: EntityManager, organizationId: string): Promise<void> {
  const owners = await manager.countBy(Membership, { organizationId, role: OWNER_ROLE });
  if (owners < 2) throw conflict('An organization keeps at least one owner: make somebody else an owner first');
}

/**
 * For a place that is about to go: the operator of the installation has to keep one, or nobody could sign in to run it.
 * @param userId `undefined` where the whole organization goes
 * @throws Problem `conflict`
 */
export async function requireOperatorKeepsPlace(manager: EntityManager, organizationId: string, userId?: string): Promise<void> {
  const operator = await manager.findOneBy(User, { operator: true });
  if (!operator || (userId !== undefined && userId !== operator.id)) return;
  await lockRow(manager, User, { id: operator.id });
  const places = await placesOf(manager, operator.id);
  if (places.length === 1 && places[0]!.organizationId === organizationId) {
    throw conflict('This is the only organization of the person who runs this installation');
  }
}
