import { IsEmail, IsIn, IsString, Length } from 'class-validator';

import { MayBeAbsent } from '../http';
import { IsName, IsPlainAddress } from '../organizations';

export class SetupDto {
  /** Of the link that was printed at the start. */
  @Length(1, 200)
  @IsString()
  readonly token!: string;

  @IsEmail()
  @Length(3, 254)
  @IsPlainAddress()
  @IsString()
  readonly email!: string;

  @Length(12, 200)
  @IsString()
  readonly password!: string;

  /** Yours. */
  @IsName()
  readonly name!: string;

  @IsName()
  readonly organizationName!: string;

  @MayBeAbsent()
  @IsIn(['cookie', 'bearer'])
  readonly transport: 'cookie' | 'bearer' = 'cookie';
}
