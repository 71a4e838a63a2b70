import { IsEmail, IsIn, IsString, Length } from 'class-validator';

import { HasNoControls, IsNotBlank, MayBeAbsent } from '../http';

export class SetupDto {
  /** Of the link that was printed at the start. */
  @IsString()
  @Length(1, 200)
  readonly token!: string;

  @IsString()
  @IsEmail()
  @Length(3, 254)
  readonly email!: string;

  @IsString()
  @Length(12, 200)
  readonly password!: string;

  /** Yours. */
  @IsString()
  @Length(1, 100)
  @IsNotBlank()
  @HasNoControls()
  readonly name!: string;

  @IsString()
  @Length(1, 100)
  @IsNotBlank()
  @HasNoControls()
  readonly organizationName!: string;

  @MayBeAbsent()
  @IsIn(['cookie', 'bearer'])
  readonly transport: 'cookie' | 'bearer' = 'cookie';
}
