import { IsEmail, IsIn, IsString, Length, Matches } from 'class-validator';

import { MayBeAbsent } from '../http';
import { IsName, IsPlainAddress } from '../organizations';

/** How the tokens of a session travel: in cookies for pages, in the answer for programs. */
export type Transport = 'cookie' | 'bearer';

export class LoginDto {
  @IsEmail()
  @Length(3, 254)
  @IsPlainAddress()
  @IsString()
  readonly email!: string;

  @Length(1, 200)
  @IsString()
  readonly password!: string;

  /** Where to sign in. Default: where you have been longest. */
  @MayBeAbsent()
  @Matches(/^org_[0-7][0-9a-hjkmnp-tv-z]{25}$/, { message: 'must be the id of an organization' })
  readonly organizationId?: string;

  /** `cookie` for pages, `bearer` for programs. */
  @MayBeAbsent()
  @IsIn(['cookie', 'bearer'])
  readonly transport: 'cookie' | 'bearer' = 'cookie';
}

export class RefreshDto {
  /** Of a session that was begun with `bearer`. Left out, the cookie is read. */
  @MayBeAbsent()
  @Length(1, 200)
  @IsString()
  readonly refreshToken?: string;
}

export class SwitchOrganizationDto {
  @Matches(/^org_[0-7][0-9a-hjkmnp-tv-z]{25}$/, { message: 'must be the id of an organization' })
  readonly organizationId!: string;

  /** `cookie` moves this browser's session, `bearer` begins another one. */
  @MayBeAbsent()
  @IsIn(['cookie', 'bearer'])
  readonly transport: 'cookie' | 'bearer' = 'cookie';
}

export class AcceptInvitationDto {
  @Length(1, 200)
  @IsString()
  readonly token!: string;

  /** Of a new account. */
  @MayBeAbsent()
  @IsName()
  readonly name?: string;

  /** Of the account with the invited address; of a new one, at least 12 characters. */
  @MayBeAbsent()
  @Length(12, 200)
  @IsString()
  readonly password?: string;

  @MayBeAbsent()
  @IsIn(['cookie', 'bearer'])
  readonly transport: 'cookie' | 'bearer' = 'cookie';
}

export class SignedInUserView {
  readonly id!: string;
  readonly email!: string;
  readonly name!: string;
  /** Whether this person runs the installation. */
  readonly operator!: boolean;
}

/** With `transport: cookie`; the tokens are in the cookies. */
export class SignedInView {
  readonly user!: SignedInUserView;
  readonly organizationId!: string;
  /** Seconds until the access token has to be refreshed. */
  readonly expiresIn!: number;
}

/** With `transport: bearer`. */
export class TokenView {
  readonly accessToken!: string;
  readonly tokenType!: 'Bearer';
  /** Seconds until the access token has to be refreshed. */
  readonly expiresIn!: number;
  /** Good once: each refresh returns its successor. */
  readonly refreshToken!: string;
}
