import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Public } from '../permissions';
import { HealthView } from './health.dto';
import { Readiness } from './readiness';

@ApiTags('Operations')
@Controller('health')
@Public()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Whether the process runs; asks nobody else, so that a lost database does not restart it. */
  @Get('live')
  getLiveness(): HealthView {
    return { status: 'ok' };
  }

  /** Whether calls should be sent here: the databases answer and no shutdown has begun. */
  @Get('ready')
  async getReadiness(): Promise<HealthView> {
    await this.readiness.requireReady();
    return { status: 'ok' };
  }
}
