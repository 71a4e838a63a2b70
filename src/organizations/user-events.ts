import type { EntityManager } from 'typeorm';

import type { AuditEntry, AuditTrail } from '../audit';
import { placesOf } from './memberships';

type UserEvent = Omit<AuditEntry, 'organizationId' | 'target'>;

/** Records what happened to a person's account in the chain of every organization that they are in. */
export async function recordEverywhere(manager: EntityManager, audit: AuditTrail, userId: string, event: UserEvent): Promise<void> {
  const places = await placesOf(manager, userId);
  await recordIn(
    manager,
    audit,
    places.map(({ organizationId }) => organizationId),
    userId,
    event,
  );
}

/** In the order of the ids, so that two such changes do not wait for each other; in the installation's chain where there is no other. */
export async function recordIn(
  manager: EntityManager,
  audit: AuditTrail,
  organizationIds: readonly string[],
  userId: string,
  event: UserEvent,
): Promise<void> {
  for (const organizationId of organizationIds.length > 0 ? organizationIds.toSorted() : [null]) {
    await audit.record(manager, { ...event, organizationId, target: { type: 'user', id: userId } });
  }
}
