import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

export class ListDto {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  readonly limit: number = 50;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  readonly offset: number = 0;
}

export class ListContactsDto extends ListDto {
  /** A user's id. */
  @IsOptional()
  @IsString()
  @Length(36, 36)
  readonly assigned_to?: string;
}
