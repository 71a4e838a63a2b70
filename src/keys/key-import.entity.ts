import { Entity, Index, PrimaryColumn } from 'typeorm';

import { ID_LENGTH, IdColumn, IdPrimaryColumn, TextColumn, TimeColumn } from '../persistence';

/** One taking over of keys from another system. Lines are sent in as many portions as it takes. */
@Entity('api_key_imports')
@Index('ix_api_key_imports_organization_id_id', ['organizationId', 'id'])
export class KeyImport {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('name', 100)
  readonly name!: string;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @IdColumn('created_by')
  readonly createdBy!: string;
}

/** What became of one line. An accepted one stays so; a refused one may be sent again. */
@Entity('api_key_import_lines')
@Index('ix_api_key_import_lines_import_id_outcome_external_id', ['importId', 'outcome', 'externalId'])
export class KeyImportLine {
  @PrimaryColumn({ name: 'import_id', type: 'varchar', length: ID_LENGTH })
  readonly importId!: string;

  /** What the other system calls the key: the same line sent twice is one key. */
  @PrimaryColumn({ name: 'external_id', type: 'varchar', length: 100 })
  readonly externalId!: string;

  @TextColumn('outcome', 8)
  readonly outcome!: 'accepted' | 'refused';

  @TextColumn('reason', 40, { nullable: true })
  readonly reason!: string | null;

  @TextColumn('detail', 500, { nullable: true })
  readonly detail!: string | null;

  @IdColumn('key_id', { nullable: true })
  readonly keyId!: string | null;

  @TimeColumn('at')
  readonly at!: Date;
}
