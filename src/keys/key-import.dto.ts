import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';

import { HasLength, HasNoControls, IsNotBlank, PageQueryDto } from '../http';
import { CreateKeyDto } from './key.dto';

export class CreateKeyImportDto {
  @HasLength(1, 100)
  @IsNotBlank()
  @HasNoControls()
  readonly name!: string;
}

export class ImportedHashDto {
  /** `sha256` in hexadecimal digits; `bcrypt` (also PHP’s `$2y$`) and `argon2id` as `password_hash()` writes them. */
  @IsIn(['sha256', 'bcrypt', 'argon2id'])
  readonly algorithm!: 'sha256' | 'bcrypt' | 'argon2id';

  @Length(1, 255)
  @IsString()
  readonly value!: string;
}

/** One line of an import: a key as another system knows it, with the hash of its secret and never the secret. */
export class ImportLineDto extends CreateKeyDto {
  /** What the other system calls the key. The same line sent again is the same key. */
  @HasLength(1, 100)
  @HasNoControls()
  @IsNotBlank()
  readonly externalId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => ImportedHashDto)
  readonly hash!: ImportedHashDto;

  /** The first characters of the key, as many as `IMPORTED_KEY_LOOKUP_LENGTH` says; needed for `bcrypt` and `argon2id`. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,32}$/, { message: 'must be the first characters of the key' })
  readonly lookupId?: string;
}

export class ListImportLinesDto extends PageQueryDto {
  @IsOptional()
  @IsIn(['accepted', 'refused'])
  readonly outcome?: 'accepted' | 'refused';
}

export class KeyImportView {
  readonly id!: string;
  readonly name!: string;
  readonly createdAt!: Date;
  readonly createdBy!: string;
}

/** How an import stands. */
export class KeyImportReportView extends KeyImportView {
  readonly accepted!: number;
  readonly refused!: number;
  /** How many lines were refused for each reason, and not accepted since. */
  readonly refusedBy!: Record<string, number>;
  /** How many of the imported keys have been used since. */
  readonly seen!: number;
  /** How many still have a slow digest, which their first use replaces. */
  readonly slowDigests!: number;
}

export class KeyImportListView {
  readonly data!: readonly KeyImportView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}

export class ImportedLineView {
  /** From 1, in what was sent. */
  readonly line!: number;
  readonly externalId!: string | null;
  /** `already_imported`: an earlier line, or an earlier sending of this one, made the key. */
  readonly outcome!: 'accepted' | 'refused' | 'already_imported';
  readonly keyId!: string | null;
  /** A code of `/docs/errors`, or `duplicate_hash`, `invalid_hash`, `missing_lookup_id`. */
  readonly reason!: string | null;
  readonly detail!: string | null;
}

export class ImportedLinesView {
  readonly accepted!: number;
  readonly refused!: number;
  readonly alreadyImported!: number;
  readonly lines!: readonly ImportedLineView[];
}

export class KeptLineView {
  readonly externalId!: string;
  readonly outcome!: 'accepted' | 'refused';
  readonly keyId!: string | null;
  readonly reason!: string | null;
  readonly detail!: string | null;
  readonly at!: Date;
}

export class KeptLineListView {
  readonly data!: readonly KeptLineView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}
