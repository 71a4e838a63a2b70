import { IsString, Length } from 'class-validator';

import { KeyView } from './key.dto';

export class SearchKeyDto {
  /** A whole key as it was found somewhere, or what lists show of one. It is digested at once and kept nowhere. */
  @Length(1, 4096)
  @IsString()
  readonly key!: string;
}

export class FoundKeyView extends KeyView {
  /** `secret`: it is a secret of this key, live or not. `prefix`: it begins as one. */
  readonly matchedBy!: 'secret' | 'prefix';
  /** Which of `credentials` it is. */
  readonly matchedPrefix!: string;
}
