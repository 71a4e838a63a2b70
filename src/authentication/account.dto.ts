import { IsString, Length } from 'class-validator';

export class ChangePasswordDto {
  @Length(1, 200)
  @IsString()
  readonly currentPassword!: string;

  @Length(12, 200)
  @IsString()
  readonly newPassword!: string;
}

export class DeleteAccountDto {
  /** Yours, once more. */
  @Length(1, 200)
  @IsString()
  readonly password!: string;
}
