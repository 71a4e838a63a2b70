import { Length } from 'class-validator';

import { IsNotBlank } from '../http';
import { IsPhone, IsText } from './input';

export class SendSmsDto {
  /** E.164, `+4915112345678`. */
  @IsPhone()
  readonly to!: string;

  /** Up to 1,600 characters: ten segments. */
  @Length(1, 1600)
  @IsNotBlank()
  @IsText()
  readonly text!: string;
}
