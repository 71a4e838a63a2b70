import { Entity, Index } from 'typeorm';

import { BooleanColumn, IdPrimaryColumn, IntegerColumn, TextColumn, TimeColumn } from '../persistence';

/** A person who can sign in. A deleted one keeps the id, which logs and audit events name, and nothing that tells who it was. */
@Entity('keystile_users')
@Index('uq_users_email_folded', ['emailFolded'], { unique: true })
@Index('uq_users_operator', ['operator'], { unique: true })
export class User {
  @IdPrimaryColumn()
  readonly id!: string;

  /** As the person wrote it; `null` once the account was deleted. */
  @TextColumn('email', 254, { nullable: true })
  readonly email!: string | null;

  @TextColumn('email_folded', 508, { nullable: true })
  readonly emailFolded!: string | null;

  @TextColumn('name', 100)
  readonly name!: string;

  /** Argon2id in PHC form; empty once the account was deleted. */
  @TextColumn('password_hash', 255, { select: false })
  readonly passwordHash!: string;

  /**
   * `true` for the person who set this installation up, `null` for everybody else: the unique index then lets one of many
   * simultaneous setups through.
   */
  @BooleanColumn('operator', { nullable: true })
  readonly operator!: true | null;

  @TimeColumn('created_at')
  readonly createdAt!: Date;

  @TimeColumn('deleted_at', { nullable: true })
  readonly deletedAt!: Date | null;

  @IntegerColumn('version')
  readonly version!: number;
}
