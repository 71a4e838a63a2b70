import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

/** Lists are ordered by id: the last one of a page is the `after` of the next. */
export class ListDto {
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  readonly limit: number = 50;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  readonly after: number = 0;
}
