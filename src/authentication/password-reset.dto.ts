import { IsEmail, IsString, Length } from 'class-validator';

import { IsPlainAddress } from '../organizations';

export class ForgotPasswordDto {
  @IsEmail()
  @Length(3, 254)
  @IsPlainAddress()
  @IsString()
  readonly email!: string;
}

export class ResetPasswordDto {
  /** Of the link that was mailed. */
  @Length(1, 200)
  @IsString()
  readonly token!: string;

  /** The new one. */
  @Length(12, 200)
  @IsString()
  readonly password!: string;
}

/** An empty object: there is nothing to tell. */
// oxlint-disable-next-line typescript/no-extraneous-class -- the documents need a class
export class EmptyView {}
