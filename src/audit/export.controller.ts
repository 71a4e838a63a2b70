import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { AuditExport } from './audit-export.service';
import type { Actor } from './audit-trail';
import { CallExport } from './call-export.service';
import { CurrentActor } from './current-actor';
import { AuditEventExportQueryDto, CallLogExportQueryDto } from './export.dto';

const ApiFile = (): MethodDecorator =>
  ApiOkResponse({
    description: 'The file',
    content: { 'text/csv': { schema: { type: 'string' } }, 'application/x-ndjson': { schema: { type: 'string' } } },
  });

@ApiTags('Logs')
@Controller('v1/call-logs')
export class CallExportController {
  constructor(private readonly exports: CallExport) {}

  /** Takes calls out as a file, newest first, however many there are. Each export is an audit event. */
  @Get('export')
  @RequireScope('call_log.export')
  @Header('cache-control', 'no-store')
  @ApiFile()
  export(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Query() query: CallLogExportQueryDto,
  ): Promise<StreamableFile> {
    return this.exports.export(principal, actor, query);
  }
}

@ApiTags('Audit events')
@Controller('v1/audit-events')
export class AuditExportController {
  constructor(private readonly exports: AuditExport) {}

  /** Takes audit events out as a file, oldest first. Without filters it can be verified anywhere, by `keystile audit verify`. */
  @Get('export')
  @RequireScope('audit_event.read')
  @Header('cache-control', 'no-store')
  @ApiFile()
  export(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Query() query: AuditEventExportQueryDto,
  ): Promise<StreamableFile> {
    return this.exports.export(principal, actor, query);
  }
}
