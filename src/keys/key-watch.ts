import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

import { KEY_REALM } from '../common';
import { ApiKey, ApiKeyCredential } from './api-key.entity';

/** A date of keys by which they can be walked along an index. */
export type KeyDate = 'expiresAt' | 'secretIssuedAt';

/** What can be told about a key that somebody has to know of. */
export type WatchedKey = Pick<
  ApiKey,
  | 'id'
  | 'organizationId'
  | 'name'
  | 'environment'
  | 'ownerType'
  | 'ownerId'
  | 'createdAt'
  | 'expiresAt'
  | 'secretIssuedAt'
  | 'disabledAt'
  | 'revokedAt'
>;

/** A date of a key, and the id that tells keys of one date apart. */
export interface KeyPlace {
  readonly at: Date;
  readonly id: string;
}

/** Keys that follow each other, and the place after which to go on. */
export interface KeyPage {
  readonly keys: readonly WatchedKey[];
  readonly next: KeyPlace | undefined;
}

const PROPERTIES: ReadonlyArray<keyof WatchedKey> = [
  'id',
  'organizationId',
  'name',
  'environment',
  'ownerType',
  'ownerId',
  'createdAt',
  'expiresAt',
  'secretIssuedAt',
  'disabledAt',
  'revokedAt',
];

/** Keys as those see them who watch over them: by their dates, of all organizations. */
@Injectable()
export class KeyWatch {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  /** A page of the keys whose date is later than the place, and `until` at the latest; the earliest first. */
  async pageBy(date: KeyDate, { at, id }: KeyPlace, until: Date, limit: number): Promise<KeyPage> {
    const column = `api_key.${date}`;
    const rows = await this.database
      .getRepository(ApiKey)
      .createQueryBuilder('api_key')
      .select(['api_key.realm', ...PROPERTIES.map((property) => `api_key.${property}`)])
      .where(`${column} >= :at AND ${column} <= :until AND (${column} > :at OR api_key.id > :id)`, { at, until, id })
      .orderBy(column)
      .addOrderBy('api_key.id')
      .limit(limit)
      .getMany();
    const last = rows.length === limit ? rows.at(-1) : undefined;
    // Asked for in SQL, the realm would tempt SQLite to read another index to its end.
    const keys = rows.filter(({ realm }) => realm === this.realm);
    return { keys, next: last && { at: last[date]!, id: last.id } };
  }

  /**
   * Reads a key under its lock: what is read stays true until the transaction ends, and of two who do so one waits.
   * @returns `null` where there is no such key
   */
  async lock(manager: EntityManager, id: string): Promise<WatchedKey | null> {
    // An update that changes nothing takes the lock on every database.
    await manager
      .createQueryBuilder()
      .update(ApiKey)
      .set({ version: () => 'version' })
      .where({ id, realm: this.realm })
      .execute();
    const select = Object.fromEntries(PROPERTIES.map((property) => [property, true]));
    return manager.findOne(ApiKey, { select, where: { id, realm: this.realm } });
  }

  /** What people recognize the newest secret by: `ks_live_` and the look-up id. */
  async prefixOf(manager: EntityManager, keyId: string): Promise<string> {
    const newest = await manager.findOne(ApiKeyCredential, { where: { keyId }, order: { createdAt: 'DESC', id: 'DESC' } });
    return newest?.prefix ?? '';
  }
}
