import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Clock, CLOCK, KEY_REALM } from '../common';
import type { OnOwnerRemoved, OwnerRemoval } from '../organizations';
import { ApiKey } from './api-key.entity';
import { KeyRights } from './key-rights';
import { targetOf, writeScopes } from './key-row';
import { statusOf } from './key-view';

/** Ends or hands over the keys of somebody who leaves, in the transaction that removes them. */
@Injectable()
export class KeysOfRemovedOwner implements OnOwnerRemoved {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly rights: KeyRights,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  async ownerRemoved(manager: EntityManager, removal: OwnerRemoval): Promise<void> {
    const { organizationId, owner } = removal;
    const theirs = { realm: this.realm, organizationId, ownerType: owner.type, ownerId: owner.id, revokedAt: IsNull() };
    // Takes the locks, so that an edit at the same moment is either read below or waits for this transaction.
    await manager.update(ApiKey, theirs, { version: () => 'version' });
    const keys = await manager.findBy(ApiKey, theirs);
    // A key that may do what its owner may would be free of everything once the organization owned it.
    const transferred =
      removal.alwaysRevoke || this.rights.areTheOwners ? [] : keys.filter(({ onOwnerRemoved }) => onOwnerRemoved === 'transfer');
    await this.revoke(
      manager,
      removal,
      keys.filter((key) => !transferred.includes(key)),
    );
    for (const key of transferred) await this.transfer(manager, removal, key);
  }

  private async revoke(manager: EntityManager, { organizationId, actor }: OwnerRemoval, keys: readonly ApiKey[]): Promise<void> {
    if (keys.length === 0) return;
    const reason = 'The owner was removed';
    const now = this.clock.now();
    await manager.update(
      ApiKey,
      { id: In(keys.map(({ id }) => id)), organizationId, revokedAt: IsNull() },
      { revokedAt: now, revokedBy: actor.id, revokeReason: reason, activeSlot: null, version: () => 'version + 1' },
    );
    for (const key of keys) {
      const states = { before: { status: statusOf(key, now) }, after: { status: 'revoked' } };
      await this.audit.record(manager, { organizationId, actor, action: 'api_key.revoked', target: targetOf(key.id), ...states, reason });
    }
  }

  /** The organization takes the key over, frozen to what its owner could do at this moment: organizations' keys are not cut any more. */
  private async transfer(manager: EntityManager, { organizationId, actor, lastScopes, owner }: OwnerRemoval, key: ApiKey): Promise<void> {
    const scopes = this.rights.now(key.scopes, lastScopes);
    const newOwner = { type: 'organization', id: organizationId } as const;
    await manager.update(
      ApiKey,
      { id: key.id, organizationId, revokedAt: IsNull() },
      { ownerType: newOwner.type, ownerId: newOwner.id, scopes, activeSlot: null, version: () => 'version + 1' },
    );
    await writeScopes(manager, key.id, scopes);
    await this.audit.record(manager, {
      organizationId,
      actor,
      action: 'api_key.transferred',
      target: targetOf(key.id),
      before: { owner, scopes: key.scopes },
      after: { owner: newOwner, scopes },
    });
  }
}
