import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

import { KEY_REALM } from '../common';
import { OWNER_DIRECTORY, type OwnerDirectory } from '../organizations';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { KnownKey, type KnownCredential } from './known-key';

const CREDENTIAL = ['id', 'prefix', 'pepperId', 'state', 'retiresAt'] as const satisfies ReadonlyArray<keyof KnownCredential>;

/** A column of the select, and the property it becomes. */
interface Selected {
  readonly table: string;
  readonly alias: string;
  readonly column: ColumnMetadata;
}

/**
 * Finds a key by the digest of a secret: credential, key and, where the service knows the owners itself, their standing, in one select by
 * unique index and primary keys. Written out, because TypeORM's repositories take three times as long about it.
 */
@Injectable()
export class KeyLookup {
  private readonly keyColumns: readonly Selected[];
  private readonly credentialColumns: readonly Selected[];
  private readonly select: string;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {
    this.keyColumns = selected(database, ApiKey, 'api_key');
    this.credentialColumns = selected(database, ApiKeyCredential, 'secret', CREDENTIAL);
    const columns = [...this.keyColumns, ...this.credentialColumns].map(
      ({ table, alias, column }) => `${table}.${database.driver.escape(column.databaseName)} AS ${alias}`,
    );
    this.select = `SELECT ${[...columns, ...(owners.join ? [owners.join.columns] : [])].join(', ')}
      FROM api_key_credentials secret
      INNER JOIN api_keys api_key ON api_key.id = secret.key_id AND api_key.realm = ?
      ${owners.join?.joins('api_key') ?? ''}`;
  }

  /** @param digests under which the secret may be stored */
  async find(digests: readonly string[]): Promise<KnownKey | null> {
    const where = `WHERE secret.digest IN (${digests.map(() => '?').join(', ')})`;
    const [row] = await this.database.query<object[]>(`${this.select} ${where}`, [this.realm, ...digests]);
    if (!row) return null;
    const key = this.read(this.keyColumns, row) as ApiKey;
    const { join } = this.owners;
    const standing = join ? join.read(row, key.organizationId, { type: key.ownerType, id: key.ownerId }) : null;
    return new KnownKey(key, this.read(this.credentialColumns, row) as KnownCredential, standing);
  }

  private read(columns: readonly Selected[], row: object): object {
    const { driver } = this.database;
    return Object.fromEntries(
      columns.map(({ alias, column }) => [
        column.propertyName,
        driver.prepareHydratedValue((row as Record<string, unknown>)[alias], column) as unknown,
      ]),
    );
  }
}

function selected(database: DataSource, entity: Function, table: string, only?: readonly string[]): Selected[] {
  return database
    .getMetadata(entity)
    .columns.filter(({ propertyName }) => only?.includes(propertyName) ?? true)
    .map((column) => ({ table, alias: `${table}_${column.databaseName}`, column }));
}
