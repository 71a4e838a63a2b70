import { IsBoolean } from 'class-validator';

import { HasLength, HasNoControls, MayBeAbsent } from '../http';
import { IsName } from './input';
import { IsRole } from './role-name';

export class CreateServiceAccountDto {
  /** Unique in the organization, whatever its case. */
  @IsName()
  readonly name!: string;

  @MayBeAbsent()
  @HasLength(0, 500)
  @HasNoControls()
  readonly description?: string;

  /** A built-in role or `rol_…`, none that can do more than you. The account's keys can never do more. */
  @IsRole()
  readonly role!: string;
}

export class UpdateServiceAccountDto {
  @MayBeAbsent()
  @IsName()
  readonly name?: string;

  @MayBeAbsent()
  @HasLength(0, 500)
  @HasNoControls()
  readonly description?: string;

  @MayBeAbsent()
  @IsRole()
  readonly role?: string;

  /** The keys of a disabled account are refused until it is enabled again. */
  @MayBeAbsent()
  @IsBoolean()
  readonly disabled?: boolean;
}

export class ServiceAccountView {
  readonly id!: string;
  readonly name!: string;
  readonly description!: string;
  readonly role!: string;
  readonly disabled!: boolean;
  readonly disabledAt!: Date | null;
  readonly createdAt!: Date;
  readonly createdBy!: string;
}

export class ServiceAccountListView {
  readonly data!: readonly ServiceAccountView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}
