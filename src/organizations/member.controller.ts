import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { type ExpectedVersion, IdPipe, IfMatch, PageQueryDto } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { MemberListView, MemberView, UpdateMemberDto } from './member.dto';
import { MemberService } from './member.service';

const UserId = (): ParameterDecorator => Param('userId', new IdPipe('usr'));

@ApiTags('Members')
@Controller('v1/members')
export class MemberController {
  constructor(private readonly members: MemberService) {}

  /** Lists the members of the organization, the newest first. */
  @Get()
  @RequireScope('member.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<MemberListView> {
    return this.members.list(principal, page);
  }

  /** Shows one member. */
  @Get(':userId')
  @RequireScope('member.read')
  async get(@CurrentPrincipal() principal: Principal, @UserId() userId: string): Promise<MemberView> {
    return this.members.get(principal, userId);
  }

  /** Gives a member another role. */
  @Patch(':userId')
  @RequireScope('member.update')
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @UserId() userId: string,
    @Body() { role }: UpdateMemberDto,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<MemberView> {
    return this.members.changeRole({ principal, actor }, userId, role, expected);
  }

  /** Removes a member; each of their keys is revoked or taken over by the organization, as it says. */
  @Delete(':userId')
  @HttpCode(204)
  @RequireScope('member.delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @UserId() userId: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<void> {
    await this.members.remove({ principal, actor }, userId, expected);
  }
}
