import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUrl, Length, Max, Min, ValidateIf } from 'class-validator';

import { CARD_TYPES, type CardType } from './hub.entity';

const LONGEST_CONTENT = 10_000;
const IsAddress = () => IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false });
const MayBeAbsent = () => ValidateIf((_card, value) => value !== undefined);

export class CreateCardDto {
  @IsIn(CARD_TYPES)
  readonly type!: CardType;

  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  readonly title?: string;

  /** Needed for a text; a note on a link or an image. */
  @ValidateIf(({ type, content }: CreateCardDto) => type === 'text' || content !== undefined)
  @IsString()
  @Length(1, LONGEST_CONTENT)
  readonly content?: string;

  /** Needed for a link and an image. */
  @ValidateIf(({ type, url }: CreateCardDto) => type !== 'text' || url !== undefined)
  @IsAddress()
  @Length(1, 2000)
  readonly url?: string;

  @MayBeAbsent()
  @IsBoolean()
  readonly isFavorite?: boolean;
}

export class UpdateCardDto {
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  readonly title?: string;

  @MayBeAbsent()
  @IsString()
  @Length(1, LONGEST_CONTENT)
  readonly content?: string;

  @MayBeAbsent()
  @IsBoolean()
  readonly isFavorite?: boolean;
}

export class FindCardsDto {
  /** Words that all have to be there. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  readonly q?: string;

  @IsOptional()
  @IsIn(CARD_TYPES)
  readonly type?: CardType;

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
