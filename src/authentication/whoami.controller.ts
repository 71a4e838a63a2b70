import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { Authenticated, CurrentPrincipal } from '../permissions';
import { WhoamiView } from './whoami.dto';

@ApiTags('Sessions')
@Controller('v1/whoami')
export class WhoamiController {
  /** Tells who the presented credential belongs to and what it may do now. */
  @Get()
  @Authenticated()
  whoami(@CurrentPrincipal() { type, id, organizationId, userId, scopes, environment, expiresAt }: Principal): WhoamiView {
    return { type, id, organizationId, userId, scopes, environment, expiresAt };
  }
}
