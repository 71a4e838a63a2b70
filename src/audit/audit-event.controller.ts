import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { IdPipe, TakesNoFields } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { AuditEventListView, AuditEventQueryDto, AuditEventView, ChainVerificationView } from './audit-event.dto';
import { AuditEventService } from './audit-event.service';
import type { Actor } from './audit-trail';
import { ChainVerifier } from './chain-verifier';
import { CurrentActor } from './current-actor';
import { PersonalErasure } from './personal-erasure';
import { RecordScopeDto } from './record-query.dto';

@ApiTags('Audit events')
@Controller('v1/audit-events')
@RequireScope('audit_event.read')
export class AuditEventController {
  constructor(
    private readonly events: AuditEventService,
    private readonly verifier: ChainVerifier,
    private readonly erasure: PersonalErasure,
  ) {}

  /** Lists the changes made in the organization, newest first. */
  @Get()
  list(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Query() query: AuditEventQueryDto,
  ): Promise<AuditEventListView> {
    return this.events.list(principal, actor, query);
  }

  /** Checks the whole chain of events: none is missing, none was changed. */
  @Get('verify')
  verify(@CurrentPrincipal() principal: Principal, @Query() { scope }: RecordScopeDto): Promise<ChainVerificationView> {
    return this.verifier.verify(principal, scope);
  }

  /** Shows one change. */
  @Get(':id')
  get(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('id', new IdPipe('evt')) id: string,
    @Query() { scope }: RecordScopeDto,
  ): Promise<AuditEventView> {
    return this.events.get(principal, actor, scope, id);
  }

  /** Erases what an event tells about people: address, reason and personal fields. The event stays, and the chain holds. */
  @Post(':id/erase-personal')
  @HttpCode(200)
  @RequireScope('audit_event.erase')
  @TakesNoFields()
  erasePersonal(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('id', new IdPipe('evt')) id: string,
    @Query() { scope }: RecordScopeDto,
  ): Promise<AuditEventView> {
    return this.erasure.eraseEvent(principal, actor, scope, id);
  }
}
