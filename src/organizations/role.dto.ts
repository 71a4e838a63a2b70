import { ArrayMaxSize, IsArray, ValidateBy } from 'class-validator';

import { HasLength, HasNoControls, MayBeAbsent } from '../http';
import { isScopePattern, MOST_SCOPES } from '../permissions';
import { IsName } from './input';

const IsScopePattern = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isScopePattern',
      validator: {
        validate: isScopePattern,
        defaultMessage: () => 'each scope must be a name such as send_sms or client.read, a wildcard such as client.*, or *',
      },
    },
    { each: true },
  );

export class CreateRoleDto {
  /** Unique in the organization, whatever its case. */
  @IsName()
  readonly name!: string;

  @MayBeAbsent()
  @HasLength(0, 500)
  @HasNoControls()
  readonly description?: string;

  /** Names and wildcards of the catalog, none that you do not hold. */
  @IsArray()
  @ArrayMaxSize(MOST_SCOPES)
  @IsScopePattern()
  readonly scopes!: string[];
}

export class UpdateRoleDto {
  @MayBeAbsent()
  @IsName()
  readonly name?: string;

  @MayBeAbsent()
  @HasLength(0, 500)
  @HasNoControls()
  readonly description?: string;

  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MOST_SCOPES)
  @IsScopePattern()
  readonly scopes?: string[];
}

export class RoleView {
  /** `rol_…`, or the name of a built-in role. */
  readonly id!: string;
  readonly name!: string;
  readonly description!: string;
  readonly scopes!: readonly string[];
  /** Built-in roles cannot be changed. */
  readonly builtIn!: boolean;
  /** `null` for built-in roles. */
  readonly createdAt!: Date | null;
}

export class RoleListView {
  readonly data!: readonly RoleView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}
