import { IsIn, IsOptional } from 'class-validator';

import { IsMoment, PageQueryDto } from '../http';

export type RecordScope = 'organization' | 'installation';

/** Whose records are asked for. */
export class RecordScopeDto {
  /** `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
  @IsOptional()
  @IsIn(['organization', 'installation'])
  readonly scope?: RecordScope;
}

/** What every list of records takes. */
export class RecordQueryDto extends PageQueryDto {
  /** Not before this time. */
  @IsOptional()
  @IsMoment()
  readonly from?: string;

  /** Before this time. */
  @IsOptional()
  @IsMoment()
  readonly to?: string;

  /** `installation`: what belongs to no organization, such as calls that nobody could be made out for. For the operator only. */
  @IsOptional()
  @IsIn(['organization', 'installation'])
  readonly scope?: RecordScope;
}
