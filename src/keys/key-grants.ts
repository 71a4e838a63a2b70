import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { AuditTrail } from '../audit';
import { invalidField, type Owner, type Principal, Problem } from '../common';
import { OWNER_DIRECTORY, type OwnerDirectory } from '../organizations';
import { covers, requireHeld, ScopeCatalog } from '../permissions';
import { inTransaction } from '../persistence';
import type { ApiKey } from './api-key.entity';
import type { Caller } from './current-caller';
import { KeyReader } from './key-reader';
import { KeyRights } from './key-rights';
import { targetOf } from './key-row';

/** Which kinds of owner a caller may name besides itself, by the scope it needs for that. */
const SCOPE_TO_NAME_OWNER: Readonly<Record<Owner['type'], string>> = {
  user: 'member.update',
  service_account: 'service_account.update',
  organization: 'organization.update',
};

/** What a caller may give to a key: nobody gives what they do not hold. */
@Injectable()
export class KeyGrants {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly catalog: ScopeCatalog,
    private readonly audit: AuditTrail,
    private readonly reader: KeyReader,
    private readonly rights: KeyRights,
  ) {}

  /**
   * Checks that the caller may give these scopes, and leaves an event where it may not (A06.1).
   * @throws Problem `unknown_scope`, `scope_exceeds_grantor`
   */
  async requireGrantable(
    { principal, actor }: Caller,
    scopes: readonly string[],
    action: string,
    keyId: string | null,
    { known = false }: { readonly known?: boolean } = {},
  ): Promise<void> {
    // Such a key does what its owner may, whatever its scopes say.
    if (this.rights.areTheOwners) return;
    if (!known) this.requireKnown(scopes);
    try {
      requireHeld(principal, this.rights.meant(scopes));
    } catch (denied) {
      const { organizationId } = principal;
      await inTransaction(this.database, (manager) =>
        this.audit.record(manager, { organizationId, actor, action, target: targetOf(keyId), after: { scopes } }),
      );
      throw denied;
    }
  }

  /** The calling key, by whose restrictions it binds what it makes; `null` for people. */
  async makerOf({ type, id, organizationId }: Principal): Promise<ApiKey | null> {
    return type === 'api_key' ? this.reader.row(this.database.manager, organizationId, id) : null;
  }

  /** @throws Problem `unknown_scope`; `validation_failed` for scopes that only people have */
  requireKnown(scopes: readonly string[]): void {
    if (this.rights.areTheOwners) return;
    const meant = this.rights.meant(scopes);
    this.catalog.requireKnown(meant);
    const forPeople = meant.filter((scope) => this.catalog.isForPeopleOnly(scope));
    if (forPeople.length > 0) throw invalidField('/scopes', `${forPeople.join(', ')} cannot be given to a key`);
  }

  /**
   * Whose the key is going to be: the caller's own, or who was named.
   * @throws Problem `insufficient_scope`, `scope_exceeds_grantor`; `validation_failed` for nobody who could own a key
   */
  async ownerFor(principal: Principal, named: Owner | undefined): Promise<Owner> {
    const own = principal.owner;
    if (!named || (named.type === own.type && named.id === own.id)) return own;
    if (!covers(principal.scopes, SCOPE_TO_NAME_OWNER[named.type])) {
      throw new Problem(
        'insufficient_scope',
        { requiredScopes: [SCOPE_TO_NAME_OWNER[named.type]] },
        `Insufficient scope: requires ${SCOPE_TO_NAME_OWNER[named.type]}`,
      );
    }
    const standing = await this.owners.standing(principal.organizationId, named);
    if (!standing.isActive) throw invalidField('/owner', 'is nobody of this organization who could own a key');
    // The key will do whatever that owner may.
    if (this.rights.areTheOwners) requireHeld(principal, standing.scopes);
    return { type: named.type, id: named.id };
  }
}
