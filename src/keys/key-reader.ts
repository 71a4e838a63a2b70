import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource, type EntityManager, In, type SelectQueryBuilder } from 'typeorm';

import { CallStore } from '../audit';
import { type Clock, CLOCK, isId, KEY_REALM, notFound, type Page, PageCursors, type Principal } from '../common';
import { checkedAs, tagged } from '../http';
import { ApiKey, ApiKeyCredential, ApiKeyScope } from './api-key.entity';
import { type KeyView, ListKeysDto } from './key.dto';
import { keyView } from './key-view';

const CURSOR_AUDIENCE = 'api-keys';

/**
 * Reads keys for people and programs. Every query names the organization. Last uses are read from what the call log has stored, so
 * a read first waits for the calls that were answered before it (seed K21).
 */
@Injectable()
export class KeyReader {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly cursors: PageCursors,
    private readonly calls: CallStore,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  /** @throws Problem `not_found`, also for a key of another organization */
  async get(organizationId: string, id: string): Promise<KeyView> {
    await this.calls.flush();
    return this.view(this.database.manager, await this.row(this.database.manager, organizationId, id));
  }

  /** @throws Problem `not_found`, also for a key of another organization */
  async row(manager: EntityManager, organizationId: string, id: string): Promise<ApiKey> {
    // A host's path may hold anything, and no database is asked for what its columns cannot hold.
    const key = isId('key', id) ? await manager.findOneBy(ApiKey, { id, organizationId, realm: this.realm }) : null;
    if (!key) throw notFound();
    return key;
  }

  async view(manager: EntityManager, key: ApiKey): Promise<KeyView> {
    const credentials = await manager.findBy(ApiKeyCredential, { keyId: key.id });
    return tagged(keyView(key, credentials, this.clock.now()), key.version);
  }

  /**
   * Newest first, up to 100 a page, 50 by default.
   * @throws Problem `validation_failed`, also for a cursor of another list
   */
  async list(principal: Principal, wanted: Partial<ListKeysDto> = {}): Promise<Page<KeyView>> {
    const { organizationId } = principal;
    const filter = checkedAs(ListKeysDto, wanted);
    await this.calls.flush();
    const audience = `${CURSOR_AUDIENCE}:${organizationId}`;
    const query = this.database
      .getRepository(ApiKey)
      .createQueryBuilder('api_key')
      .where('api_key.organizationId = :organizationId AND api_key.realm = :realm', { organizationId, realm: this.realm })
      .orderBy('api_key.id', 'DESC')
      .limit(filter.limit + 1);
    this.narrow(query, principal, filter);
    if (filter.cursor !== undefined) {
      const [, after] = this.cursors.read(audience, filter.cursor);
      query.andWhere('api_key.id < :after', { after });
    }
    const keys = await query.getMany();
    const credentials = await this.credentialsOf(keys);
    const now = this.clock.now();
    return this.cursors.page(
      audience,
      keys,
      filter.limit,
      ({ createdAt, id }) => [createdAt.getTime(), id],
      (key) => keyView(key, credentials.get(key.id) ?? [], now),
    );
  }

  /** By key. */
  async credentialsOf(keys: readonly ApiKey[]): Promise<Map<string, ApiKeyCredential[]>> {
    const byKey = new Map<string, ApiKeyCredential[]>();
    if (keys.length === 0) return byKey;
    const found = await this.database.getRepository(ApiKeyCredential).findBy({ keyId: In(keys.map(({ id }) => id)) });
    for (const credential of found) byKey.set(credential.keyId, [...(byKey.get(credential.keyId) ?? []), credential]);
    return byKey;
  }

  private narrow(query: SelectQueryBuilder<ApiKey>, principal: Principal, filter: ListKeysDto): void {
    const { id, status, environment, owner, scope, q, expiresBefore, lastUsedBefore } = filter;
    if (id) query.andWhere('api_key.id IN (:...ids)', { ids: id.split(',') });
    if (status) query.andWhere(STATUS_CONDITIONS[status], { now: this.clock.now() });
    if (environment) query.andWhere('api_key.environment = :environment', { environment });
    if (owner) query.andWhere('api_key.ownerId = :ownerId', { ownerId: owner === 'me' ? principal.owner.id : owner });
    if (scope) {
      const holders = query.subQuery().select('held.keyId').from(ApiKeyScope, 'held').where('held.scope IN (:...patterns)').getQuery();
      query.andWhere(`api_key.id IN ${holders}`, { patterns: patternsCovering(scope) });
    }
    if (q) this.search(query, q);
    if (expiresBefore) query.andWhere('api_key.expiresAt < :expiresBefore', { expiresBefore: new Date(expiresBefore) });
    if (lastUsedBefore) {
      query.andWhere('(api_key.lastUsedAt < :unusedSince OR (api_key.lastUsedAt IS NULL AND api_key.createdAt < :unusedSince))', {
        unusedSince: new Date(lastUsedBefore),
      });
    }
  }

  private search(query: SelectQueryBuilder<ApiKey>, q: string): void {
    const name = `%${literal(foldName(q))}%`;
    const byName = "api_key.nameFolded LIKE :name ESCAPE '!'";
    if (!isAscii(q)) {
      query.andWhere(byName, { name });
      return;
    }
    const byPrefix = query
      .subQuery()
      .select('shown.keyId')
      .from(ApiKeyCredential, 'shown')
      .where("shown.prefix LIKE :prefix ESCAPE '!'")
      .getQuery();
    query.andWhere(new Brackets((either) => either.where(byName).orWhere(`api_key.id IN ${byPrefix}`)), { name, prefix: `${literal(q)}%` });
  }
}

/** Columns of ids and prefixes hold ASCII; MySQL refuses to compare them with anything else. */
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** The order of `statusOf`, as conditions. */
const STATUS_CONDITIONS = {
  revoked: 'api_key.revokedAt IS NOT NULL',
  disabled: 'api_key.revokedAt IS NULL AND api_key.disabledAt IS NOT NULL',
  expired: 'api_key.revokedAt IS NULL AND api_key.disabledAt IS NULL AND api_key.expiresAt <= :now',
  active: 'api_key.revokedAt IS NULL AND api_key.disabledAt IS NULL AND (api_key.expiresAt IS NULL OR api_key.expiresAt > :now)',
} as const;

const LONGEST_FOLDED_NAME = 200;

/** How names are searched: NFC, without regard to case. Some letters grow by it, and what does not fit is not searched. */
export const foldName = (name: string): string => [...name.normalize('NFC').toLowerCase()].slice(0, LONGEST_FOLDED_NAME).join('');

/** LIKE without wildcards: `%` and `_` in a search stand for themselves. */
const literal = (text: string): string => text.replace(/[!%_]/g, '!$&');

/** Every pattern that covers a scope: itself, its families and `*`. */
function patternsCovering(scope: string): string[] {
  const segments = scope.split('.');
  return ['*', scope, ...segments.slice(1).map((_segment, i) => `${segments.slice(0, i + 1).join('.')}.*`)];
}
