import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { type Clock, CLOCK, conflict, invalidField, KEY_REALM, newId, type Principal } from '../common';
import { type Epoch, EPOCH } from '../coordination';
import { checkedAs, type ExpectedVersion, requireVersion } from '../http';
import { type KeyPolicy, OWNER_DIRECTORY, type OwnerDirectory } from '../organizations';
import { compactScopes } from '../permissions';
import { inTransaction } from '../persistence';
import { ApiKey } from './api-key.entity';
import { expiryWithin, requireSameEnvironment } from './grant';
import { requireWithin } from './key-bounds';
import { CreateKeyDto, type IssuedKeyView, type KeyView, RevokeKeyDto, UpdateKeyDto } from './key.dto';
import { ActiveKeys } from './active-keys';
import type { Caller } from './current-caller';
import { KeyGrants } from './key-grants';
import { withinPolicy } from './key-policy';
import { KeyReader, foldName } from './key-reader';
import { KeyRights } from './key-rights';
import { endpoints, limitOf, moment, normalizedIps, ownerOf, targetOf, writeScopes } from './key-row';
import { auditView, issuedView, statusOf } from './key-view';
import { SecretIssuer, type StoredSecret } from './secret-issuer';

/** How often the checks are made anew where somebody else changes the key at the same moment. */
export const MOST_ATTEMPTS = 5;

/** What a key can be made with. Without scopes it has none, or, where keys have their owner's rights, those. */
export type NewKey = Omit<CreateKeyDto, 'scopes'> & Partial<Pick<CreateKeyDto, 'scopes'>>;

/** Makes keys and changes them. Rotation has a file of its own. */
@Injectable()
export class KeyService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly grants: KeyGrants,
    private readonly audit: AuditTrail,
    private readonly reader: KeyReader,
    private readonly secrets: SecretIssuer,
    private readonly rights: KeyRights,
    private readonly active: ActiveKeys,
    @Inject(KEY_REALM) private readonly realm: string,
    @Inject(EPOCH) private readonly epoch: Epoch,
  ) {}

  /**
   * @throws Problem `scope_exceeds_grantor`, `unknown_scope`, `wrong_environment`, `validation_failed`, `conflict` where the owner
   * has as many active keys as an owner may have
   */
  async create(caller: Caller, dto: NewKey): Promise<IssuedKeyView> {
    const key = await this.draft(caller, this.checked(dto));
    const owner = ownerOf(key);
    const make = (manager: EntityManager) => this.insert(manager, caller, key);
    return this.active.areLimited ? this.active.inTurn(owner, make) : inTransaction(this.database, make);
  }

  /**
   * Makes a key and revokes every other one of its owner: all of it, or nothing. Of many at once, one key is left (seeds K04, K05).
   * @throws what `create` throws
   */
  async replaceAll(caller: Caller, dto: NewKey): Promise<IssuedKeyView> {
    const key = await this.draft(caller, this.checked(dto));
    const owner = ownerOf(key);
    return this.active.inTurn(owner, async (manager) => {
      const { realm, organizationId, ownerType, ownerId } = key;
      const replaced = await manager.findBy(ApiKey, { realm, organizationId, ownerType, ownerId, revokedAt: IsNull() });
      for (const old of replaced) await this.revokeIn(manager, caller, old, 'A new key was generated');
      return this.insert(manager, caller, key);
    });
  }

  /**
   * Makes a key of a secret that another system issued, of which only the digest is known. The rules are those of `create`.
   * @param dto as an import has checked it
   * @param within what else happens in the same transaction, before the key is made
   * @throws what `create` throws; a duplicate error of the database where this secret is known already
   */
  async adopt(
    caller: Caller,
    dto: NewKey,
    secret: StoredSecret,
    within: (manager: EntityManager, keyId: string) => Promise<void>,
  ): Promise<string> {
    const draft = await this.draft(caller, dto);
    const owner = ownerOf(draft);
    const make = async (manager: EntityManager): Promise<string> => {
      await within(manager, draft.id);
      const key = await this.insertRow(manager, draft);
      await this.secrets.store(manager, key.id, secret);
      await this.recordMade(manager, caller.actor, 'api_key.imported', key, secret.prefix);
      return key.id;
    };
    return this.active.areLimited ? this.active.inTurn(owner, make) : inTransaction(this.database, make);
  }

  private checked(dto: NewKey): CreateKeyDto {
    return checkedAs(CreateKeyDto, { ...dto, scopes: dto.scopes ?? this.rights.unsaid });
  }

  private async insert(manager: EntityManager, { actor }: Caller, draft: ApiKey): Promise<IssuedKeyView> {
    const key = await this.insertRow(manager, draft);
    const { token, prefix } = await this.secrets.issue(manager, key);
    await this.recordMade(manager, actor, 'api_key.created', key, prefix);
    return issuedView(await this.reader.view(manager, key), token);
  }

  /** With the prefix, by which the call log names what was presented. */
  private async recordMade(manager: EntityManager, actor: Actor, action: string, key: ApiKey, prefix: string): Promise<void> {
    await this.audit.record(manager, {
      organizationId: key.organizationId,
      actor,
      action,
      target: targetOf(key.id),
      after: { ...auditView(key), prefix },
    });
  }

  private async insertRow(manager: EntityManager, draft: ApiKey): Promise<ApiKey> {
    const { organizationId } = draft;
    const isHeld = (await this.owners.hold?.(manager, organizationId, ownerOf(draft))) ?? true;
    if (!isHeld) throw invalidField('/owner', 'is nobody of this organization who could own a key');
    const key = { ...draft, activeSlot: await this.active.slotFor(manager, ownerOf(draft)) };
    await manager.insert(ApiKey, key);
    await writeScopes(manager, key.id, key.scopes);
    return key;
  }

  /** A key as it is going to be, after everything was checked that can be checked before the transaction. */
  private async draft(caller: Caller, dto: NewKey): Promise<ApiKey> {
    const { principal } = caller;
    const { organizationId } = principal;
    const now = this.clock.now();
    const scopes = compactScopes(dto.scopes ?? this.rights.unsaid);
    const environment = dto.environment ?? (principal.type === 'api_key' ? principal.environment : 'live');
    await this.grants.requireGrantable(caller, scopes, 'api_key.create_denied', null);
    requireSameEnvironment(principal, environment);
    const owner = await this.grants.ownerFor(principal, dto.owner);
    const policy = await this.owners.keyPolicy(organizationId);
    const maker = await this.grants.makerOf(principal);
    const allowedIps = dto.allowedIps === undefined ? (maker?.allowedIps ?? []) : normalizedIps(dto.allowedIps);
    const expiresAt = withinPolicy(policy, expiryWithin(principal, moment(dto.expiresAt), now), allowedIps, now);
    const rateLimit = dto.rateLimit ?? limitOf(maker) ?? policy.defaultRateLimit;
    const key: ApiKey = {
      id: newId('key', now),
      realm: this.realm,
      organizationId,
      name: dto.name,
      nameFolded: foldName(dto.name),
      description: dto.description ?? null,
      environment,
      scopes,
      allowedIps,
      allowedReferrers: dto.allowedReferrers === undefined ? (maker?.allowedReferrers ?? []) : (dto.allowedReferrers ?? []),
      allowedEndpoints: dto.allowedEndpoints === undefined ? (maker?.allowedEndpoints ?? []) : endpoints(dto.allowedEndpoints),
      expiresAt,
      rateLimit: rateLimit?.limit ?? null,
      rateLimitWindowSeconds: rateLimit?.windowSeconds ?? null,
      ownerType: owner.type,
      ownerId: owner.id,
      onOwnerRemoved: dto.onOwnerRemoved ?? 'revoke',
      metadata: dto.metadata ?? {},
      disabledAt: null,
      revokedAt: null,
      revokedBy: null,
      revokeReason: null,
      createdAt: now,
      createdBy: principal.id,
      lastUsedAt: null,
      lastUsedIp: null,
      secretIssuedAt: now,
      rotatedAt: null,
      version: 1,
      activeSlot: null,
    };
    requireWithin(maker, key);
    return key;
  }

  /**
   * @throws Problem `not_found`, `conflict` for a revoked key, `precondition_failed`, and what `create` throws
   */
  async update(caller: Caller, id: string, dto: UpdateKeyDto, expected: ExpectedVersion): Promise<KeyView> {
    const changes = checkedAs(UpdateKeyDto, dto);
    for (let attempt = 1; ; attempt++) {
      const updated = await this.tryUpdate(caller, id, changes, expected);
      if (updated) return updated;
      if (attempt === MOST_ATTEMPTS) throw conflict('The API key is being changed by others at the same moment');
    }
  }

  /** @returns `undefined` where somebody else changed the key between the checks and the change: then they have to be made again */
  private async tryUpdate(caller: Caller, id: string, dto: UpdateKeyDto, expected: ExpectedVersion): Promise<KeyView | undefined> {
    const { principal, actor } = caller;
    const { organizationId } = principal;
    const policy = await this.owners.keyPolicy(organizationId);
    const current = await this.reader.row(this.database.manager, organizationId, id);
    const scopes = dto.scopes === undefined ? current.scopes : compactScopes(dto.scopes);
    if (dto.scopes !== undefined) this.grants.requireKnown(scopes);
    await this.grants.requireGrantable(caller, [...current.scopes, ...scopes], 'api_key.update_denied', id, { known: true });
    requireSameEnvironment(principal, current.environment);
    const changes = this.changesOf(principal, current, dto, scopes, policy);
    requireWithin(await this.grants.makerOf(principal), changes);
    if (this.active.areLimited) await this.active.prepare(ownerOf(current));
    return inTransaction(this.database, async (manager) => {
      const before = await this.reader.row(manager, organizationId, id);
      if (before.revokedAt !== null) throw conflict('The API key has been revoked');
      requireVersion(expected, before.version);
      // What was checked above was this version.
      const unchanged = { id, organizationId, version: current.version, revokedAt: IsNull() };
      const activeSlot = await this.active.slotUntil(manager, current, changes.expiresAt);
      const { affected } = await manager.update(ApiKey, unchanged, { ...changes, activeSlot, version: current.version + 1 });
      if (affected !== 1) return undefined;
      if (dto.scopes !== undefined) await writeScopes(manager, id, scopes);
      const after = await this.reader.row(manager, organizationId, id);
      await this.audit.record(manager, {
        organizationId,
        actor,
        action: 'api_key.updated',
        target: targetOf(id),
        before: auditView(before),
        after: auditView(after),
      });
      return this.reader.view(manager, after);
    });
  }

  /**
   * Ends a key now and for ever. Repeating it changes nothing and is no error (RFC 7009 §2.2).
   * @throws Problem `not_found`, `wrong_environment`, `validation_failed` for a reason of more than 500 characters
   */
  async revoke(caller: Caller, id: string, reason?: string): Promise<KeyView> {
    const { principal } = caller;
    const { organizationId } = principal;
    checkedAs(RevokeKeyDto, { reason });
    return inTransaction(this.database, async (manager) => {
      const before = await this.reader.row(manager, organizationId, id);
      requireSameEnvironment(principal, before.environment);
      await this.revokeIn(manager, caller, before, reason);
      return this.reader.view(manager, await this.reader.row(manager, organizationId, id));
    });
  }

  private async revokeIn(manager: EntityManager, { principal, actor }: Caller, key: ApiKey, reason: string | undefined): Promise<void> {
    const { id, organizationId } = key;
    const now = this.clock.now();
    const ended = { revokedAt: now, revokedBy: principal.id, revokeReason: reason ?? null, activeSlot: null };
    const unrevoked = { id, organizationId, revokedAt: IsNull() };
    const { affected } = await manager.update(ApiKey, unrevoked, { ...ended, version: () => 'version + 1' });
    // Whoever ended it may still be waiting for other replicas; so does this answer.
    if (affected !== 1) return this.epoch.raise(manager, { organizationId, requestId: actor.requestId });
    const states = { before: { status: statusOf(key, now) }, after: { status: 'revoked' } };
    const event = { organizationId, actor, action: 'api_key.revoked', target: targetOf(id), ...states, ...(reason ? { reason } : {}) };
    await this.audit.record(manager, event);
  }

  /** Refuses the key until it is enabled again. Repeating either changes nothing. */
  async setDisabled(caller: Caller, id: string, disabled: boolean, expected: ExpectedVersion): Promise<KeyView> {
    const { principal, actor } = caller;
    const { organizationId } = principal;
    const current = await this.reader.row(this.database.manager, organizationId, id);
    requireSameEnvironment(principal, current.environment);
    // Taking away asks for nothing more; giving back is a grant.
    if (!disabled) {
      await this.grants.requireGrantable(caller, current.scopes, 'api_key.enable_denied', id, { known: true });
      requireWithin(await this.grants.makerOf(principal), current);
    }
    return inTransaction(this.database, async (manager) => {
      const before = await this.reader.row(manager, organizationId, id);
      if (before.revokedAt !== null) throw conflict('The API key has been revoked');
      requireVersion(expected, before.version);
      const toggled = {
        id,
        organizationId,
        revokedAt: IsNull(),
        disabledAt: disabled ? IsNull() : Not(IsNull()),
        ...(disabled ? {} : { version: current.version }),
      };
      const { affected } = await manager.update(ApiKey, toggled, {
        disabledAt: disabled ? this.clock.now() : null,
        version: () => 'version + 1',
      });
      if (affected === 1) {
        const action = disabled ? 'api_key.disabled' : 'api_key.enabled';
        await this.audit.record(manager, { organizationId, actor, action, target: targetOf(id) });
      } else if (disabled) {
        await this.epoch.raise(manager, { organizationId, requestId: actor.requestId });
      }
      return this.reader.view(manager, await this.reader.row(manager, organizationId, id));
    });
  }

  private changesOf(principal: Principal, current: ApiKey, dto: UpdateKeyDto, scopes: string[], policy: KeyPolicy) {
    const now = this.clock.now();
    const allowedIps = dto.allowedIps === undefined ? current.allowedIps : normalizedIps(dto.allowedIps);
    const expiresAt = dto.expiresAt === undefined ? current.expiresAt : expiryWithin(principal, moment(dto.expiresAt), now);
    const touchesPolicy = dto.expiresAt !== undefined || dto.allowedIps !== undefined;
    if (touchesPolicy) withinPolicy(policy, expiresAt, allowedIps, now);
    const rateLimit =
      dto.rateLimit === undefined ? { limit: current.rateLimit, windowSeconds: current.rateLimitWindowSeconds } : dto.rateLimit;
    const name = dto.name ?? current.name;
    return {
      name,
      nameFolded: foldName(name),
      description: dto.description === undefined ? current.description : dto.description,
      scopes,
      allowedIps,
      allowedReferrers: dto.allowedReferrers === undefined ? current.allowedReferrers : (dto.allowedReferrers ?? []),
      allowedEndpoints: dto.allowedEndpoints === undefined ? current.allowedEndpoints : endpoints(dto.allowedEndpoints),
      expiresAt,
      rateLimit: rateLimit?.limit ?? null,
      rateLimitWindowSeconds: rateLimit?.windowSeconds ?? null,
      onOwnerRemoved: dto.onOwnerRemoved ?? current.onOwnerRemoved,
      metadata: dto.metadata === undefined ? current.metadata : (dto.metadata ?? {}),
    };
  }
}
