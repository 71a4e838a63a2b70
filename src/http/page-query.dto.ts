import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** A query value that has to be written as a plain whole number; anything else stays what it was and fails the check. */
export const WholeNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value));

/** What every list takes. */
export class PageQueryDto {
  /** How many to return, 1 to 100. */
  @IsOptional()
  @WholeNumber()
  @Min(1)
  @Max(100)
  @IsInt()
  readonly limit: number = 50;

  /** `nextCursor` of the page before. There is more as long as `hasMore` is true, also where a page was short or empty. */
  @IsOptional()
  @Length(1, 1000)
  @IsString()
  readonly cursor?: string;
}
