import { Entity, Index } from 'typeorm';

import { IdColumn, IdPrimaryColumn, IntegerColumn, TextColumn, TimeColumn } from '../persistence';

/** An owner of keys that is no person and so never leaves by itself. It cannot sign in. */
@Entity('keystile_service_accounts')
@Index('uq_service_accounts_organization_id_name_folded', ['organizationId', 'nameFolded'], { unique: true })
@Index('ix_service_accounts_organization_id_created_at_id', ['organizationId', 'createdAt', 'id'])
export class ServiceAccount {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('name', 100)
  readonly name!: string;

  /** What makes names unique; `null` once the account was deleted. */
  @TextColumn('name_folded', 200, { nullable: true })
  readonly nameFolded!: string | null;

  @TextColumn('description', 500)
  readonly description!: string;

  @IdColumn('role')
  readonly role!: string;

  @TimeColumn('disabled_at', { nullable: true })
  readonly disabledAt!: Date | null;

  @TimeColumn('deleted_at', { nullable: true })
  readonly deletedAt!: Date | null;

  @IdColumn('created_by')
  readonly createdBy!: string;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @IntegerColumn('version')
  readonly version!: number;
}
