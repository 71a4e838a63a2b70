import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { IdPipe, PageQueryDto } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { CreatedInvitationView, CreateInvitationDto, InvitationListView, InvitationView } from './invitation.dto';
import { InvitationService } from './invitation.service';

const InvitationId = (): ParameterDecorator => Param('id', new IdPipe('inv'));

@ApiTags('Members')
@Controller('v1/invitations')
export class InvitationController {
  constructor(private readonly invitations: InvitationService) {}

  /** Lists the invitations of the organization, newest first. */
  @Get()
  @RequireScope('member.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<InvitationListView> {
    return this.invitations.list(principal, page);
  }

  /** Invites somebody by e-mail. The link stands in this answer only, and is mailed where a mail server is set. */
  @Post()
  @RequireScope('member.invite')
  @Header('cache-control', 'no-store')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: CreateInvitationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedInvitationView> {
    const invitation = await this.invitations.create({ principal, actor }, dto);
    void reply.header('location', `/v1/invitations/${invitation.id}`);
    return invitation;
  }

  /** Shows one invitation. */
  @Get(':id')
  @RequireScope('member.read')
  async get(@CurrentPrincipal() principal: Principal, @InvitationId() id: string): Promise<InvitationView> {
    return this.invitations.get(principal, id);
  }

  /** Takes an invitation back. */
  @Delete(':id')
  @HttpCode(204)
  @RequireScope('member.invite')
  async revoke(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor, @InvitationId() id: string): Promise<void> {
    await this.invitations.revoke({ principal, actor }, id);
  }
}
