import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { type ExpectedVersion, IdPipe, IfMatch, PageQueryDto } from '../http';
import { CurrentPrincipal, RequireAnyScope, RequireScope } from '../permissions';
import { CreateOrganizationDto, OrganizationListView, OrganizationView, UpdateOrganizationDto } from './organization.dto';
import { OrganizationService } from './organization.service';

const OrganizationId = (): ParameterDecorator => Param('id', new IdPipe('org'));

@ApiTags('Organizations')
@Controller('v1/organizations')
export class OrganizationController {
  constructor(private readonly organizations: OrganizationService) {}

  /** Lists your organizations, newest first. */
  @Get()
  @RequireScope('organization.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<OrganizationListView> {
    return this.organizations.list(principal, page);
  }

  /** Creates an organization with you as its owner; for the operator of the installation. */
  @Post()
  @RequireScope('organization.create')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: CreateOrganizationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrganizationView> {
    const organization = await this.organizations.create({ principal, actor }, dto.name);
    void reply.header('location', `/v1/organizations/${organization.id}`);
    return organization;
  }

  /** Shows one organization. */
  @Get(':id')
  @RequireScope('organization.read')
  async get(@CurrentPrincipal() principal: Principal, @OrganizationId() id: string): Promise<OrganizationView> {
    return this.organizations.get(principal, id);
  }

  /** Renames an organization, changes its options, or, for the operator, suspends and restores it. */
  @Patch(':id')
  @RequireAnyScope('organization.update', 'organization.suspend')
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @OrganizationId() id: string,
    @Body() dto: UpdateOrganizationDto,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<OrganizationView> {
    return this.organizations.update({ principal, actor }, id, dto, expected);
  }

  /** Deletes an organization: its people are signed out and its keys stop. */
  @Delete(':id')
  @HttpCode(204)
  @RequireScope('organization.delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @OrganizationId() id: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<void> {
    await this.organizations.delete({ principal, actor }, id, expected);
  }
}
