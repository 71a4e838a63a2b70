import { Controller, Get, Header, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { Principal } from '../common';
import { TakesNoFields } from '../http';
import { CurrentPrincipal, Public, RequireScope } from '../permissions';
import type { Actor } from './audit-trail';
import { CheckpointJob } from './checkpoint-job';
import { AuditKeysView, CheckpointListView, CheckpointQueryDto, CheckpointView } from './checkpoint.dto';
import { Checkpoints } from './checkpoint.service';
import { CurrentActor } from './current-actor';
import { RecordScopeDto } from './record-query.dto';

@ApiTags('Audit events')
@Controller()
export class CheckpointController {
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly job: CheckpointJob,
  ) {}

  /** Lists what was signed of the chain, newest first, and whether it arrived where it is sent. */
  @Get('v1/audit-events/checkpoints')
  @RequireScope('audit_event.read')
  listAuditCheckpoints(@CurrentPrincipal() principal: Principal, @Query() query: CheckpointQueryDto): Promise<CheckpointListView> {
    return this.checkpoints.list(principal, query);
  }

  /** Signs the chain as it is now. Keep the answer: with it, whatever is changed or cut off before it is found. */
  @Post('v1/audit-events/checkpoints')
  @RequireScope('audit_event.checkpoint')
  @TakesNoFields()
  async signAuditChain(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Query() { scope }: RecordScopeDto,
  ): Promise<CheckpointView> {
    const checkpoint = await this.checkpoints.sign(principal, actor, scope);
    void this.job.run();
    return checkpoint;
  }

  /** The public keys that checkpoints are signed with. */
  @Get('.well-known/keystile-audit-keys.json')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  listAuditKeys(): AuditKeysView {
    return { keys: this.checkpoints.publicKeys.map((key) => ({ ...key, use: 'sig', alg: 'EdDSA' })) };
  }
}
