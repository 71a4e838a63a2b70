import { IsEmail, IsString, Length } from 'class-validator';

import { IsPlainAddress } from './input';
import { IsRole } from './role-name';

export class CreateInvitationDto {
  @IsEmail()
  @Length(3, 254)
  @IsPlainAddress()
  @IsString()
  readonly email!: string;

  /** A built-in role or `rol_…`, none that can do more than you. */
  @IsRole()
  readonly role!: string;
}

export class InvitationView {
  readonly id!: string;
  readonly email!: string;
  readonly role!: string;
  readonly status!: 'open' | 'accepted' | 'revoked' | 'expired';
  readonly createdAt!: Date;
  readonly createdBy!: string;
  readonly expiresAt!: Date;
  readonly acceptedAt!: Date | null;
  readonly revokedAt!: Date | null;
}

/** Shown once, in the answer that creates the invitation. */
export class CreatedInvitationView extends InvitationView {
  /** Whoever has it can join. */
  readonly token!: string;
  /** The page that begins with it. */
  readonly url!: string;
  /** Whether the link was also mailed. */
  readonly mailed!: boolean;
}

export class InvitationListView {
  readonly data!: readonly InvitationView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}
