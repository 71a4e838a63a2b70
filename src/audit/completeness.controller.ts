import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { CallRetention } from './call-retention';
import { RetentionView } from './call-retention.dto';
import { CompletenessView } from './completeness.dto';
import { Completeness } from './completeness.service';

@ApiTags('Logs')
@Controller('v1/call-logs')
@RequireScope('call_log.read')
export class CompletenessController {
  constructor(
    private readonly completeness: Completeness,
    private readonly retention: CallRetention,
  ) {}

  /** Says whether every answered call was stored in the call log, and until when; to the operator also, for every start of every replica, how much of what it answered. */
  @Get('completeness')
  show(@CurrentPrincipal() principal: Principal): Promise<CompletenessView> {
    return this.completeness.show(principal);
  }

  /** Shows how long calls are kept, and when old ones were last deleted. */
  @Get('retention')
  showRetention(@CurrentPrincipal() principal: Principal): Promise<RetentionView> {
    return this.retention.show(principal);
  }
}
