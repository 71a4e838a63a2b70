import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { type ExpectedVersion, IdPipe, IfMatch, PageQueryDto } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { CreateRoleDto, RoleListView, RoleView, UpdateRoleDto } from './role.dto';
import { RoleList } from './role-list';
import { RoleService } from './role.service';

const RoleId = (): ParameterDecorator => Param('id', new IdPipe('rol'));

@ApiTags('Roles')
@Controller('v1/roles')
export class RoleController {
  constructor(
    private readonly roles: RoleService,
    private readonly reader: RoleList,
  ) {}

  /** Lists the roles of the organization, newest first, and after them the built-in ones. */
  @Get()
  @RequireScope('role.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<RoleListView> {
    return this.reader.list(principal, page);
  }

  /** Creates a role. It can hold no scope that you do not hold yourself. */
  @Post()
  @RequireScope('role.create')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: CreateRoleDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoleView> {
    const role = await this.roles.create({ principal, actor }, dto);
    void reply.header('location', `/v1/roles/${role.id}`);
    return role;
  }

  /** Shows one role, by its id or its built-in name. */
  @Get(':id')
  @RequireScope('role.read')
  async get(@CurrentPrincipal() principal: Principal, @Param('id') id: string): Promise<RoleView> {
    return this.reader.get(principal, id);
  }

  /** Changes a role, for everybody who has it. */
  @Patch(':id')
  @RequireScope('role.update')
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @RoleId() id: string,
    @Body() dto: UpdateRoleDto,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<RoleView> {
    return this.roles.update({ principal, actor }, id, dto, expected);
  }

  /** Deletes a role that nobody has. */
  @Delete(':id')
  @HttpCode(204)
  @RequireScope('role.delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @RoleId() id: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<void> {
    await this.roles.delete({ principal, actor }, id, expected);
  }
}
