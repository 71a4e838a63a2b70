import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsOptional, Length } from 'class-validator';

import { IsNotBlank } from '../http';
import { IsAddress, IsLine, IsText, MaxBytes } from './input';

export const MOST_RECIPIENTS = 100;
const LARGEST_PART = 500_000;

export class SendEmailDto {
  /** Plain addresses; with `cc` at most 100. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_RECIPIENTS)
  @IsAddress({ each: true })
  readonly to!: readonly string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_RECIPIENTS)
  @IsAddress({ each: true })
  readonly cc?: readonly string[];

  @Length(1, 500)
  @IsNotBlank()
  @IsLine()
  readonly subject!: string;

  /** At least one of `text` and `html`. Up to 500,000 bytes. */
  @IsOptional()
  @IsNotBlank()
  @IsText()
  @MaxBytes(LARGEST_PART)
  readonly text?: string;

  /** At least one of `text` and `html`. Up to 500,000 bytes. */
  @IsOptional()
  @IsNotBlank()
  @IsText()
  @MaxBytes(LARGEST_PART)
  readonly html?: string;

  @IsOptional()
  @IsAddress()
  readonly replyTo?: string;
}
