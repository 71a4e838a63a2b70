import { IsString, Length } from 'class-validator';

import { HasNoControls, IsNotBlank, MayBeAbsent } from '../http';

export class UpdateUserDto {
  @MayBeAbsent()
  @IsString()
  @Length(1, 100)
  @IsNotBlank()
  @HasNoControls()
  readonly name?: string;
}

export class UserView {
  readonly id!: string;
  readonly email!: string;
  readonly name!: string;
  /** Whether this person runs the installation. */
  readonly operator!: boolean;
  readonly createdAt!: Date;
}
