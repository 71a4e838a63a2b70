import { Entity, Index } from 'typeorm';

import { IdColumn, IdPrimaryColumn, IntegerColumn, JsonColumn, TextColumn, TimeColumn } from '../persistence';

/** A named set of scopes that an organization made for itself, besides the built-in ones. */
@Entity('keystile_roles')
@Index('uq_roles_organization_id_name_folded', ['organizationId', 'nameFolded'], { unique: true })
@Index('ix_roles_organization_id_created_at_id', ['organizationId', 'createdAt', 'id'])
export class Role {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('name', 100)
  readonly name!: string;

  /** What makes names unique; `null` once the role was deleted, so that its name is free again. */
  @TextColumn('name_folded', 200, { nullable: true })
  readonly nameFolded!: string | null;

  @TextColumn('description', 500)
  readonly description!: string;

  @JsonColumn('scopes')
  readonly scopes!: string[];

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('deleted_at', { nullable: true })
  readonly deletedAt!: Date | null;

  @IntegerColumn('version')
  readonly version!: number;
}
