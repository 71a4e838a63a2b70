import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { Authenticated, CurrentPrincipal } from '../permissions';
import { WhoamiView } from './whoami.dto';

@ApiTags('Sessions')
@Controller('v1/whoami')
export class WhoamiController {
  /** Tells who the presented credential belongs to, what it may do now, and where the call comes from. */
  @Get()
  @Authenticated()
  whoami(
    @CurrentPrincipal() { type, id, organizationId, userId, scopes, environment, expiresAt }: Principal,
    @CurrentActor() { ip }: Actor,
  ): WhoamiView {
    return { type, id, organizationId, userId, scopes, environment, expiresAt, ip: ip ?? '' };
  }
}
