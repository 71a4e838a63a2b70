import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { TopUsageService } from './top-usage.service';
import { TopUsageQueryDto, TopUsageView, UsageQueryDto, UsageView } from './usage.dto';
import { UsageService } from './usage.service';

@ApiTags('Logs')
@Controller('v1/usage')
@RequireScope('call_log.read')
export class UsageController {
  constructor(
    private readonly usage: UsageService,
    private readonly topUsage: TopUsageService,
  ) {}

  /** Counts the calls of the organization by time, and how long they took. */
  @Get()
  get(@CurrentPrincipal() principal: Principal, @Query() query: UsageQueryDto): Promise<UsageView> {
    return this.usage.usage(principal, query);
  }

  /** Tells which keys, routes, statuses or codes had most calls. */
  @Get('top')
  getTopUsage(@CurrentPrincipal() principal: Principal, @Query() query: TopUsageQueryDto): Promise<TopUsageView> {
    return this.topUsage.top(principal, query);
  }
}
