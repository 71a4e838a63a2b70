import { IsEmail, IsString, Length } from 'class-validator';

import { IsPlainAddress } from '../organizations';

export class ForgotPasswordDto {
  @IsString()
  @IsEmail()
  @Length(3, 254)
  @IsPlainAddress()
  readonly email!: string;
}

export class ResetPasswordDto {
  /** Of the link that was mailed. */
  @IsString()
  @Length(1, 200)
  readonly token!: string;

  /** The new one. */
  @IsString()
  @Length(12, 200)
  readonly password!: string;
}

/** An empty object: there is nothing to tell. */
// oxlint-disable-next-line typescript/no-extraneous-class -- the documents need a class
export class EmptyView {}
