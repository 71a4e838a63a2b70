import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type Actor, CurrentActor, RecordScopeDto } from '../audit';
import type { Principal } from '../common';
import { IdPipe } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { CallExplanationView, ExplainCallDto, ExplanationView } from './explain.dto';
import { PastCallExplanations } from './explain-past.service';
import { KeyExplanations } from './explain.service';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class ExplainController {
  constructor(private readonly explanations: KeyExplanations) {}

  /** Tells what a call of this key would meet: every check in order, and the smallest change that would let it through. */
  @Post(':id/explain')
  @HttpCode(200)
  @RequireScope('api_key.read')
  explain(
    @CurrentPrincipal() principal: Principal,
    @Param('id', new IdPipe('key')) id: string,
    @Body() dto: ExplainCallDto,
  ): Promise<ExplanationView> {
    return this.explanations.ofCall(principal, id, dto);
  }
}

@ApiTags('Logs')
@Controller('v1/call-logs')
export class ExplainCallController {
  constructor(private readonly explanations: PastCallExplanations) {}

  /** Tells what a call that was made met: every check in order, and the smallest change that would let it through. */
  @Get(':requestId/explain')
  @RequireScope('call_log.read', 'api_key.read')
  explain(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('requestId') requestId: string,
    @Query() { scope }: RecordScopeDto,
  ): Promise<CallExplanationView> {
    return this.explanations.of(principal, actor, requestId, scope);
  }
}
