import { OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

import { AuditEventQueryDto } from './audit-event.dto';
import { CallLogQueryDto } from './call-log.dto';

const FORMATS = ['csv', 'ndjson'] as const;

/** The filters of the list, without its pages. */
export class CallLogExportQueryDto extends OmitType(CallLogQueryDto, ['limit', 'cursor'] as const) {
  /** `csv` (RFC 4180, with a line of names) or `ndjson` (one JSON object a line). */
  @IsOptional()
  @IsIn(FORMATS)
  readonly format: 'csv' | 'ndjson' = 'csv';
}

/** The filters of the list, without its pages. */
export class AuditEventExportQueryDto extends OmitType(AuditEventQueryDto, ['limit', 'cursor'] as const) {
  /** `ndjson` (one JSON object a line, what `keystile audit verify` reads) or `csv` (RFC 4180, with a line of names). */
  @IsOptional()
  @IsIn(FORMATS)
  readonly format: 'csv' | 'ndjson' = 'ndjson';
}
