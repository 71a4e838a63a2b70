import { IpAllowlist, type Principal } from '../common';
import type { OwnerStanding } from '../organizations';
import type { NamedLimit } from '../rate-limits';
import type { ApiKey, ApiKeyCredential } from './api-key.entity';
import type { JudgedKey } from './judge';
import { limitsOf } from './key-limits';
import type { KeyRights } from './key-rights';

/** The secret of a key that was presented. */
export type KnownCredential = Pick<ApiKeyCredential, 'id' | 'prefix' | 'pepperId' | 'state' | 'retiresAt'>;

/** A key, with everything about it worked out that no call changes. */
export class KnownKey {
  readonly judged: JudgedKey;
  private readonly limits: readonly NamedLimit[] | null;
  private standing: OwnerStanding | undefined;
  private principal: Principal | undefined;

  /** @param ownStanding of the owner, where it was read together with the key; `null` where it has to be asked for at each call */
  constructor(
    readonly key: ApiKey,
    readonly credential: KnownCredential,
    readonly ownStanding: OwnerStanding | null,
  ) {
    this.judged = {
      revokedAt: key.revokedAt,
      disabledAt: key.disabledAt,
      expiresAt: key.expiresAt,
      environment: key.environment,
      allowedIps: new IpAllowlist(key.allowedIps),
      allowedReferrers: key.allowedReferrers,
      allowedEndpoints: key.allowedEndpoints,
      credentialState: credential.state,
      credentialRetiresAt: credential.retiresAt,
    };
    this.limits = ownStanding && limitsOf(key, ownStanding);
  }

  /** What counts its calls, given how the owner stands now. */
  limitsFor(standing: OwnerStanding): readonly NamedLimit[] {
    return this.limits && standing === this.ownStanding ? this.limits : limitsOf(this.key, standing);
  }

  /** Who calls with it, given how the owner stands now. The same object for as long as that stays as it is. */
  principalFor(standing: OwnerStanding, rights: KeyRights): Principal {
    if (this.principal && this.standing && isSame(this.standing, standing)) return this.principal;
    this.standing = standing;
    return (this.principal = principalOf(this, standing.userId, rights.now(this.key.scopes, standing.scopes)));
  }
}

function isSame(before: OwnerStanding, now: OwnerStanding): boolean {
  if (before === now) return true;
  return (
    before.userId === now.userId && before.scopes.length === now.scopes.length && before.scopes.every((scope, i) => scope === now.scopes[i])
  );
}

/** A key may do what it was given, as far as its owner may do it now. Keys of the organization itself are not cut. */
const principalOf = ({ key, credential }: KnownKey, userId: string | null, scopes: readonly string[]): Principal => ({
  type: 'api_key',
  id: key.id,
  organizationId: key.organizationId,
  userId,
  scopes,
  environment: key.environment,
  expiresAt: key.expiresAt,
  realm: key.realm,
  owner: { type: key.ownerType, id: key.ownerId },
  sessionId: null,
  credentialPrefix: credential.prefix,
  keyName: key.name,
  operator: false,
});
