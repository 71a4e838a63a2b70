import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, IsNull, LessThanOrEqual, MoreThan } from 'typeorm';

import { AuditTrail } from '../audit';
import { type Clock, CLOCK, conflict, invalidField, notFound, Problem } from '../common';
import { type Epoch, EPOCH } from '../coordination';
import { checkedAs, type ExpectedVersion } from '../http';
import { OWNER_DIRECTORY, type OwnerDirectory } from '../organizations';
import { compactScopes } from '../permissions';
import { inTransaction } from '../persistence';
import { ActiveKeys } from './active-keys';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import type { Caller } from './current-caller';
import { expiryWithin, requireSameEnvironment } from './grant';
import { requireWithin } from './key-bounds';
import { type IssuedKeyView, type KeyView, RotateKeyDto } from './key.dto';
import { KeyGrants } from './key-grants';
import { withinPolicy } from './key-policy';
import { KeyReader } from './key-reader';
import { moment, ownerOf, targetOf, writeScopes } from './key-row';
import { MOST_ATTEMPTS } from './key.service';
import { issuedView } from './key-view';
import { SecretIssuer } from './secret-issuer';

/** A second rotation within this time is a double click, or one of many at once (`decisions.md` 9). */
const ROTATION_PAUSE_MS = 10_000;

/** Replaces the secret of a key. The key keeps its id, its limits and its history. */
@Injectable()
export class KeyRotation {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly audit: AuditTrail,
    private readonly grants: KeyGrants,
    private readonly reader: KeyReader,
    private readonly secrets: SecretIssuer,
    private readonly active: ActiveKeys,
    @Inject(EPOCH) private readonly epoch: Epoch,
  ) {}

  /**
   * Adds a secret and retires the old one, at once or after the overlap. A key never has more than two live secrets: what was
   * still retiring from an earlier rotation ends now.
   *
   * @throws Problem `rotation_conflict` within ten seconds of the last rotation, unless `expected` names the current version;
   * `conflict` for a revoked key; what `KeyService.update` throws
   */
  async rotate(caller: Caller, id: string, dto: RotateKeyDto, expected: ExpectedVersion): Promise<IssuedKeyView> {
    const wanted = checkedAs(RotateKeyDto, dto);
    for (let attempt = 1; ; attempt++) {
      const issued = await this.tryRotate(caller, id, wanted, expected);
      if (issued) return issued;
      if (attempt === MOST_ATTEMPTS) throw new Problem('rotation_conflict');
    }
  }

  /** @returns `undefined` where somebody changed the key between the checks and the rotation: then they have to be made again */
  private async tryRotate(caller: Caller, id: string, dto: RotateKeyDto, expected: ExpectedVersion): Promise<IssuedKeyView | undefined> {
    const { principal, actor } = caller;
    const { organizationId } = principal;
    const policy = await this.owners.keyPolicy(organizationId);
    const current = await this.reader.row(this.database.manager, organizationId, id);
    const scopes = dto.scopes === undefined ? current.scopes : compactScopes(dto.scopes);
    if (dto.scopes !== undefined) this.grants.requireKnown(scopes);
    await this.grants.requireGrantable(caller, [...current.scopes, ...scopes], 'api_key.rotate_denied', id, { known: true });
    requireSameEnvironment(principal, current.environment);
    const now = this.clock.now();
    const expiresAt =
      dto.expiresAt === undefined
        ? current.expiresAt
        : withinPolicy(policy, expiryWithin(principal, moment(dto.expiresAt), now), current.allowedIps, now);
    if (expiresAt !== null && expiresAt <= now) throw invalidField('/expiresAt', 'must be given, because the key has expired');
    requireWithin(await this.grants.makerOf(principal), { ...current, expiresAt });

    if (this.active.areLimited) await this.active.prepare(ownerOf(current));
    return inTransaction(this.database, async (manager) => {
      const activeSlot = await this.active.slotUntil(manager, current, expiresAt);
      if (!(await this.claim(manager, current, expected, now, { expiresAt, scopes, activeSlot }))) return undefined;
      if (dto.scopes !== undefined) await writeScopes(manager, id, scopes);
      const overlapSeconds = dto.overlapSeconds ?? 0;
      const old = await this.retireOld(manager, id, now, overlapSeconds);
      const { token, prefix } = await this.secrets.issue(manager, current);
      const before = { prefix: old.prefix, expiresAt: current.expiresAt, scopes: current.scopes };
      const after = { prefix, expiresAt, scopes, overlapSeconds, retired: old.retired };
      const reason = dto.reason === undefined ? {} : { reason: dto.reason };
      await this.audit.record(manager, {
        organizationId,
        actor,
        action: 'api_key.rotated',
        target: targetOf(id),
        before,
        after,
        ...reason,
      });
      return issuedView(await this.reader.view(manager, await this.reader.row(manager, organizationId, id)), token);
    });
  }

  /**
   * Ends an old secret before its overlap does.
   * @throws Problem `not_found`; `conflict` for the newest secret, which only a rotation or a revoke ends
   */
  async retire({ principal, actor }: Caller, id: string, prefix: string): Promise<KeyView> {
    const { organizationId } = principal;
    if (!/^[\x21-\x7e]{1,40}$/.test(prefix)) throw notFound();
    return inTransaction(this.database, async (manager) => {
      const key = await this.reader.row(manager, organizationId, id);
      requireSameEnvironment(principal, key.environment);
      const credential = await manager.findOneBy(ApiKeyCredential, { keyId: id, prefix });
      if (!credential) throw notFound();
      if (credential.state === 'active') throw conflict('This is the current secret of the key. Rotate or revoke the key instead.');
      const now = this.clock.now();
      const live = { id: credential.id, state: 'retiring', retiresAt: MoreThan(now) } as const;
      const { affected } = await manager.update(ApiKeyCredential, live, { state: 'retired', retiresAt: now });
      if (affected === 1) {
        await manager.update(ApiKey, { id, organizationId }, { version: () => 'version + 1' });
        await this.audit.record(manager, {
          organizationId,
          actor,
          action: 'api_key.secret_retired',
          target: targetOf(id),
          after: { prefix },
        });
      } else {
        // Whoever ended it may still be waiting for other replicas.
        await this.epoch.raise(manager, { organizationId, requestId: actor.requestId });
      }
      return this.reader.view(manager, await this.reader.row(manager, organizationId, id));
    });
  }

  /**
   * The condition lets one of many simultaneous rotations through, on every replica; its row lock makes the others wait for the
   * outcome. It also names the version whose rights were checked: what is written is what was checked, and no edit is undone.
   */
  private async claim(
    manager: EntityManager,
    { id, organizationId, version }: ApiKey,
    expected: ExpectedVersion,
    now: Date,
    changes: { readonly expiresAt: Date | null; readonly scopes: string[]; readonly activeSlot: number | null },
  ): Promise<boolean> {
    const checked = { id, organizationId, version, revokedAt: IsNull() };
    const pauseOver = LessThanOrEqual(new Date(now.getTime() - ROTATION_PAUSE_MS));
    const paused = [
      { ...checked, rotatedAt: IsNull() },
      { ...checked, rotatedAt: pauseOver },
    ];
    if (expected !== undefined && expected !== version) throw new Problem('precondition_failed');
    const { affected } = await manager
      .createQueryBuilder()
      .update(ApiKey)
      .set({ ...changes, rotatedAt: now, secretIssuedAt: now, version: version + 1 })
      .where(expected === undefined ? paused : [checked])
      .execute();
    if (affected === 1) return true;
    const { revokedAt, rotatedAt } = await this.reader.row(manager, organizationId, id);
    if (revokedAt !== null) throw conflict('The API key has been revoked');
    if (expected !== undefined) throw new Problem('precondition_failed');
    if (rotatedAt !== null && now.getTime() - rotatedAt.getTime() < ROTATION_PAUSE_MS) throw new Problem('rotation_conflict');
    return false;
  }

  /** @returns the prefix of what was the newest secret, and those of the secrets that end now */
  private async retireOld(
    manager: EntityManager,
    keyId: string,
    now: Date,
    overlapSeconds: number,
  ): Promise<{ readonly prefix: string | null; readonly retired: readonly string[] }> {
    const live = await manager.findBy(ApiKeyCredential, [
      { keyId, state: 'active' },
      { keyId, state: 'retiring', retiresAt: MoreThan(now) },
    ]);
    const ending = live.filter(({ state }) => overlapSeconds === 0 || state === 'retiring');
    const told = {
      prefix: live.find(({ state }) => state === 'active')?.prefix ?? null,
      retired: ending.map(({ prefix }) => prefix).toSorted(),
    };
    const ended = { state: 'retired', retiresAt: now } as const;
    await manager.update(ApiKeyCredential, { id: In(ending.map(({ id }) => id)) }, ended);
    // Those whose overlap is over ended then, and not now: what was called with them since was refused.
    await manager.update(ApiKeyCredential, { keyId, state: 'retiring', retiresAt: LessThanOrEqual(now) }, { state: 'retired' });
    if (overlapSeconds === 0) return told;
    const retiresAt = new Date(now.getTime() + overlapSeconds * 1000);
    await manager.update(ApiKeyCredential, { keyId, state: 'active' }, { state: 'retiring', retiresAt });
    return told;
  }
}
