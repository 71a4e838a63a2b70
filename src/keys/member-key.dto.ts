import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

import { HasLength, HasNoControls, MayBeAbsent } from '../http';
import { KeyView } from './key.dto';

/** How many keys one call ends, and to how many it gives new secrets. */
export const MOST_REVOKED = 500;
export const MOST_ROTATED = 100;

const THIRTY_DAYS_SECONDS = 30 * 24 * 3600;

const KeyIds =
  (most: number): PropertyDecorator =>
  (target, key) => {
    MayBeAbsent()(target, key);
    IsArray()(target, key);
    ArrayMinSize(1)(target, key);
    ArrayMaxSize(most)(target, key);
    Matches(/^key_[0-9a-z]{26}$/, { each: true, message: 'each entry must be the id of a key' })(target, key);
  };

export class RevokeMemberKeysDto {
  /** Which of the person's keys. Default: all of them. */
  @KeyIds(MOST_REVOKED)
  readonly keyIds?: string[];

  @IsOptional()
  @HasLength(1, 500)
  @HasNoControls()
  readonly reason?: string;
}

export class RotateMemberKeysDto {
  /** Which of the person's keys. Default: all that have not expired. */
  @KeyIds(MOST_ROTATED)
  readonly keyIds?: string[];

  /** How long the old secrets work on. 0, the default, ends them at once; at most 30 days. */
  @IsOptional()
  @Min(0)
  @Max(THIRTY_DAYS_SECONDS)
  @IsInt()
  readonly overlapSeconds?: number;

  @IsOptional()
  @HasLength(1, 500)
  @HasNoControls()
  readonly reason?: string;
}

export type KeyTie = 'owned' | 'created' | 'rotated';

export class MemberKeyView extends KeyView {
  /**
   * What ties the person to the key: they own it, or did until the organization took it over; they created it, or gave it a new
   * secret, and were shown that, by themselves or with a key of theirs.
   */
  readonly why!: ReadonlyArray<'owned' | 'created' | 'rotated'>;
}

export class MemberKeyListView {
  readonly data!: readonly MemberKeyView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

class MemberKeyResultView {
  readonly keyId!: string;
  /** `null` where the person has no such key. */
  readonly name!: string | null;
  /** Why it was refused, as in `/docs/errors`. */
  readonly code!: string | null;
  readonly message!: string | null;
}

export class RevokedMemberKeyView extends MemberKeyResultView {
  readonly outcome!: 'revoked' | 'refused';
}

export class RevokedMemberKeysView {
  readonly data!: readonly RevokedMemberKeyView[];
}

export class RotatedMemberKeyView extends MemberKeyResultView {
  readonly outcome!: 'rotated' | 'refused';
  /** What lists show of the new secret. */
  readonly prefix!: string | null;
  /** The whole new secret. It stands in this answer only. */
  readonly key!: string | null;
}

export class RotatedMemberKeysView {
  readonly data!: readonly RotatedMemberKeyView[];
}
