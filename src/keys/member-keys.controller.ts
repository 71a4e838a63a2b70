import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { PageQueryDto } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import {
  MemberKeyListView,
  RevokedMemberKeysView,
  RevokeMemberKeysDto,
  RotatedMemberKeysView,
  RotateMemberKeysDto,
} from './member-key.dto';
import { MemberKeysService } from './member-keys.service';

@ApiTags('Members')
@Controller('v1/members/:userId/keys')
export class MemberKeysController {
  constructor(private readonly memberKeys: MemberKeysService) {}

  /** Lists the keys that a person owns, made or saw, and that are not revoked; also of somebody who has left. Newest first. */
  @Get()
  @RequireScope('api_key.read', 'member.read')
  async listMemberKeys(
    @CurrentPrincipal() principal: Principal,
    @Param('userId') userId: string,
    @Query() page: PageQueryDto,
  ): Promise<MemberKeyListView> {
    return this.memberKeys.list(principal, userId, page);
  }

  /** Revokes these keys together, and says of each whether it is. */
  @Post('revoke')
  @HttpCode(200)
  @RequireScope('api_key.revoke', 'member.read')
  async revokeMemberKeys(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('userId') userId: string,
    @Body() dto: RevokeMemberKeysDto,
  ): Promise<RevokedMemberKeysView> {
    return { data: await this.memberKeys.revoke({ principal, actor }, userId, dto) };
  }

  /** Gives these keys new secrets together, and tells each in this answer only. */
  @Post('rotate')
  @RequireScope('api_key.rotate', 'member.read')
  @Header('cache-control', 'no-store')
  async rotateMemberKeys(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('userId') userId: string,
    @Body() dto: RotateMemberKeysDto,
  ): Promise<RotatedMemberKeysView> {
    return { data: await this.memberKeys.rotate({ principal, actor }, userId, dto) };
  }
}
