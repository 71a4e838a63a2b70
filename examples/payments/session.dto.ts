import { IsString, Length } from 'class-validator';

export class SessionDto {
  @IsString()
  @Length(1, 191)
  readonly email!: string;

  @IsString()
  @Length(1, 200)
  readonly password!: string;
}
