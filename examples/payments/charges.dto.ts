import { IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';

export class ChargeDto {
  @IsString()
  @Length(1, 36)
  readonly user_id!: string;

  /** In the currency's smallest unit. */
  @IsInt()
  @Min(1)
  @Max(99_999_999)
  readonly amount!: number;

  @Matches(/^[a-z]{3}$/)
  readonly currency!: string;
}
