import { Entity, Index } from 'typeorm';

import { IdColumn, IdPrimaryColumn, TextColumn, TimeColumn } from '../persistence';

/** A place in an organization that is offered to an e-mail address, for a week. */
@Entity('keystile_invitations')
@Index('uq_invitations_token_digest', ['tokenDigest'], { unique: true })
@Index('uq_invitations_organization_id_open_for', ['organizationId', 'openFor'], { unique: true })
@Index('ix_invitations_organization_id_created_at_id', ['organizationId', 'createdAt', 'id'])
@Index('ix_invitations_expires_at', ['expiresAt'])
export class Invitation {
  @IdPrimaryColumn()
  readonly id!: string;

  @IdColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('email', 254)
  readonly email!: string;

  /** The folded address while the invitation is open, so that there is one at a time; `null` afterwards. */
  @TextColumn('open_for', 508, { nullable: true })
  readonly openFor!: string | null;

  @IdColumn('role')
  readonly role!: string;

  /** SHA-256, in hex: the token has 256 random bits of its own. */
  @TextColumn('token_digest', 64, { select: false })
  readonly tokenDigest!: string;

  @IdColumn('created_by')
  readonly createdBy!: string;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('expires_at')
  readonly expiresAt!: Date;

  @TimeColumn('accepted_at', { nullable: true })
  readonly acceptedAt!: Date | null;

  @TimeColumn('revoked_at', { nullable: true })
  readonly revokedAt!: Date | null;
}
