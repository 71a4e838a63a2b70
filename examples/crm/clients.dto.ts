import { IsEmail, IsOptional, IsString, Length, MaxLength, ValidateIf } from 'class-validator';

export class ClientDto {
  @IsString()
  @Length(1, 200)
  readonly name!: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(191)
  readonly email?: string | null;
}

export class ClientPatchDto {
  @ValidateIf((_object, value) => value !== undefined)
  @IsString()
  @Length(1, 200)
  readonly name?: string;

  @IsOptional()
  @IsEmail()
  @MaxLength(191)
  readonly email?: string | null;
}
