import { IsEmail, IsString, Length, MaxLength, ValidateIf } from 'class-validator';

const IfThere = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

export class UserDto {
  @IsString()
  @Length(1, 200)
  readonly name!: string;

  @IsEmail()
  @MaxLength(191)
  readonly email!: string;
}

export class UserPatchDto {
  @IfThere()
  @IsString()
  @Length(1, 200)
  readonly name?: string;

  @IfThere()
  @IsEmail()
  @MaxLength(191)
  readonly email?: string;
}
