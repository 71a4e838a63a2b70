import type { EntityManager } from 'typeorm';

import type { Actor } from '../audit';
import type { Owner } from '../common';

/** Somebody who may own keys is leaving. */
export interface OwnerRemoval {
  readonly organizationId: string;
  readonly owner: Owner;
  readonly actor: Actor;
  /** What the owner could do until now; `transfer` freezes keys to it. */
  readonly lastScopes: readonly string[];
  /** A user who deletes their own account always revokes, whatever the keys say (`decisions.md` 11). */
  readonly alwaysRevoke: boolean;
}

/** What the keys do when their owner goes; implemented by `keys/`, which organizations may not import. */
export interface OnOwnerRemoved {
  /** Runs in the transaction that removes the owner. */
  ownerRemoved(manager: EntityManager, removal: OwnerRemoval): Promise<void>;
}

export const ON_OWNER_REMOVED = Symbol('keystile:on-owner-removed');
