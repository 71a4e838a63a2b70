import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { IdPipe } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { FoundKeyView, SearchKeyDto } from './key-search.dto';
import { KeySearch } from './key-search';
import { KeyImpactView, KeyUsageQueryDto, KeyUsageView } from './key-usage.dto';
import { KeyUsageReports } from './key-usage.service';

const KeyId = (): ParameterDecorator => Param('id', new IdPipe('key'));

@ApiTags('API keys')
@Controller('v1/api-keys')
export class KeyReportController {
  constructor(
    private readonly keys: KeySearch,
    private readonly reports: KeyUsageReports,
  ) {}

  /** Finds the key that a pasted secret or prefix is of, revoked or not. */
  @Post('search')
  @HttpCode(200)
  @RequireScope('api_key.read')
  @Header('cache-control', 'no-store')
  search(@CurrentPrincipal() principal: Principal, @Body() { key }: SearchKeyDto): Promise<FoundKeyView> {
    return this.keys.find(principal, key);
  }

  /** Tells what a key was used for, from where, and which smaller set of scopes would have been enough. */
  @Get(':id/usage')
  @RequireScope('api_key.read', 'call_log.read')
  showApiKeyUsage(
    @CurrentPrincipal() principal: Principal,
    @KeyId() id: string,
    @Query() { days }: KeyUsageQueryDto,
  ): Promise<KeyUsageView> {
    return this.reports.usage(principal, id, days);
  }

  /** Tells what would stop if the key were revoked now. */
  @Get(':id/impact')
  @RequireScope('api_key.read', 'call_log.read')
  showApiKeyImpact(@CurrentPrincipal() principal: Principal, @KeyId() id: string): Promise<KeyImpactView> {
    return this.reports.impact(principal, id);
  }
}
