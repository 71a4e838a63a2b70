import { MayBeAbsent } from '../http';
import { IsName } from './input';

export class UpdateUserDto {
  @MayBeAbsent()
  @IsName()
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
