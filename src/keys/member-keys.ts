import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type FindOptionsWhere, In, IsNull, LessThan } from 'typeorm';

import { AuditHistory } from '../audit';
import { KEY_REALM, notFound } from '../common';
import { ApiKey } from './api-key.entity';
import type { KeyTie } from './member-key.dto';

/** A key that somebody may still have the secret of, and why. */
export interface MemberKey {
  readonly key: ApiKey;
  readonly why: readonly KeyTie[];
}

/** What ties a person to keys. */
interface Ties {
  readonly organizationId: string;
  readonly userId: string;
  /** Owned until the organization took them over. */
  readonly handedOver: ReadonlySet<string>;
  readonly created: ReadonlySet<string>;
  readonly rotated: ReadonlySet<string>;
}

/** So many keys are looked for by their ids at a time. */
const STEP = 500;

/**
 * Knows which keys a person owns, made or saw (seed C25). Whoever creates or rotates a key is shown its secret, and nobody else is: an
 * idempotent repeat answers the same caller. What a person does with a key of their own they do themselves. Revoked keys need no care.
 */
@Injectable()
export class MemberKeys {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly history: AuditHistory,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  /** @throws Problem `not_found` for somebody whom the organization has never known; those who left it are remembered */
  async tiesOf(organizationId: string, userId: string): Promise<Ties> {
    if (!/^[\x21-\x7e]{1,64}$/.test(userId)) throw notFound();
    const own = await this.database.manager.find(ApiKey, { select: { id: true }, where: this.owned({ organizationId, userId }) });
    if (own.length === 0 && !(await this.history.knows(organizationId, userId))) throw notFound();
    const handedOver = await this.handedOver(organizationId, userId);
    const ownKeys = [...own.map(({ id }) => id), ...handedOver];
    const byKeys = await this.history.deeds(organizationId, ownKeys, ['api_key.created', 'api_key.rotated']);
    const inPerson = await this.history.deeds(organizationId, [userId], ['api_key.rotated']);
    const targets = (action: string): Set<string> =>
      new Set([...byKeys, ...inPerson].filter((deed) => deed.action === action).map(({ targetId }) => targetId));
    return { organizationId, userId, handedOver, created: targets('api_key.created'), rotated: targets('api_key.rotated') };
  }

  /** The newest keys that are not revoked, those before `after` only. */
  async newest(ties: Ties, limit: number, after?: string): Promise<MemberKey[]> {
    const { organizationId, userId } = ties;
    const lists = await Promise.all([
      this.page(this.owned(ties), limit, after),
      this.page({ organizationId, createdBy: userId }, limit, after),
      this.pageOf([...ties.handedOver, ...ties.created, ...ties.rotated], ties, limit, after),
    ]);
    const keys = [...new Map(lists.flat().map((key) => [key.id, key])).values()];
    return keys
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit)
      .map((key) => ({ key, why: whyOf(key, ties) }));
  }

  /** Those of the keys that are the person's in one way or another, revoked ones too. */
  async among(ties: Ties, ids: readonly string[]): Promise<MemberKey[]> {
    const { organizationId } = ties;
    const keys = await this.database.manager.findBy(ApiKey, { id: In([...ids]), organizationId, realm: this.realm });
    return keys.map((key) => ({ key, why: whyOf(key, ties) })).filter(({ why }) => why.length > 0);
  }

  private owned({ organizationId, userId }: Pick<Ties, 'organizationId' | 'userId'>): FindOptionsWhere<ApiKey> {
    return { organizationId, realm: this.realm, ownerType: 'user', ownerId: userId };
  }

  private async page(where: FindOptionsWhere<ApiKey>, limit: number, after: string | undefined): Promise<ApiKey[]> {
    return this.database.manager.find(ApiKey, {
      where: { ...where, realm: this.realm, revokedAt: IsNull(), ...(after === undefined ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  private async pageOf(ids: readonly string[], { organizationId }: Ties, limit: number, after: string | undefined): Promise<ApiKey[]> {
    const newestFirst = [...new Set(ids)].filter((id) => after === undefined || id < after).toSorted((a, b) => (a < b ? 1 : -1));
    const found: ApiKey[] = [];
    for (let i = 0; i < newestFirst.length && found.length < limit; i += STEP) {
      found.push(...(await this.page({ organizationId, id: In(newestFirst.slice(i, i + STEP)) }, limit, undefined)));
    }
    return found;
  }

  /** The calls that removed the person handed them over one after the other, and ended with the removal. */
  private async handedOver(organizationId: string, userId: string): Promise<Set<string>> {
    const end = { action: 'member.removed', targetId: userId };
    const transfers = await this.history.leadingTo(organizationId, { end, action: 'api_key.transferred' });
    return new Set(transfers.filter(({ before }) => isOwnedBy(before, userId)).map(({ targetId }) => targetId));
  }
}

function whyOf({ id, ownerType, ownerId, createdBy }: ApiKey, { userId, handedOver, created, rotated }: Ties): KeyTie[] {
  const ties: Array<readonly [KeyTie, boolean]> = [
    ['owned', (ownerType === 'user' && ownerId === userId) || handedOver.has(id)],
    ['created', createdBy === userId || created.has(id)],
    ['rotated', rotated.has(id)],
  ];
  return ties.flatMap(([tie, holds]) => (holds ? [tie] : []));
}

const isOwnedBy = (before: unknown, userId: string): boolean =>
  (before as { readonly owner?: { readonly id?: unknown } } | null)?.owner?.id === userId;
