import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import type { Actor } from './audit-trail';
import { CallLogListView, CallLogQueryDto, CallLogView } from './call-log.dto';
import { CallLogService } from './call-log.service';
import { CurrentActor } from './current-actor';
import { RecordScopeDto } from './record-query.dto';

@ApiTags('Logs')
@Controller('v1/call-logs')
@RequireScope('call_log.read')
export class CallLogController {
  constructor(private readonly calls: CallLogService) {}

  /** Lists answered calls, refused ones too, newest first. */
  @Get()
  list(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor, @Query() query: CallLogQueryDto): Promise<CallLogListView> {
    return this.calls.list(principal, actor, query);
  }

  /** Shows one call, by the `X-Request-Id` of its answer. */
  @Get(':requestId')
  get(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('requestId') requestId: string,
    @Query() { scope }: RecordScopeDto,
  ): Promise<CallLogView> {
    return this.calls.get(principal, actor, scope, requestId);
  }
}
