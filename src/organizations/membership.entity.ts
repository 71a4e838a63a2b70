import { Entity, Index } from 'typeorm';

import { IdColumn, IdPrimaryColumn, IntegerColumn, TimeColumn } from '../persistence';

/** A person in an organization, with one role. The row goes when they leave; the audit trail remembers. */
@Entity('keystile_memberships')
@Index('ix_memberships_user_id', ['userId'])
@Index('ix_memberships_organization_id_created_at_user_id', ['organizationId', 'createdAt', 'userId'])
export class Membership {
  @IdPrimaryColumn('organization_id')
  readonly organizationId!: string;

  @IdPrimaryColumn('user_id')
  readonly userId!: string;

  /** The name of a built-in role, or `rol_…`. */
  @IdColumn('role')
  readonly role!: string;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @IntegerColumn('version')
  readonly version!: number;
}
