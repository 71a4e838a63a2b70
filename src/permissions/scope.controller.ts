import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Authenticated } from './decorators';
import { ScopeListView } from './scope.dto';
import { ScopeCatalog } from './scope-catalog';

@ApiTags('Scopes')
@Controller('v1/scopes')
export class ScopeController {
  constructor(private readonly catalog: ScopeCatalog) {}

  /** Every scope that an endpoint of this service asks for, with those endpoints. */
  @Get()
  @Authenticated()
  list(): ScopeListView {
    return { data: this.catalog.list(), hasMore: false, nextCursor: null };
  }
}
