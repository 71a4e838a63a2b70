import { IsString, Length } from 'class-validator';

export class ChangePasswordDto {
  @IsString()
  @Length(1, 200)
  readonly currentPassword!: string;

  @IsString()
  @Length(12, 200)
  readonly newPassword!: string;
}

export class DeleteAccountDto {
  /** Yours, once more. */
  @IsString()
  @Length(1, 200)
  readonly password!: string;
}
