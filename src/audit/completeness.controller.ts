import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../permissions';
import { CompletenessView } from './completeness.dto';
import { Completeness } from './completeness.service';

@ApiTags('Logs')
@Controller('v1/call-logs/completeness')
@RequireScope('call_log.read')
export class CompletenessController {
  constructor(private readonly completeness: Completeness) {}

  /** Shows, for every start of every replica, how much of what it answered is in the call log. */
  @Get()
  show(): Promise<CompletenessView> {
    return this.completeness.show();
  }
}
