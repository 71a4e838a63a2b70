import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type Clock, CLOCK, type Principal, Problem } from '../common';
import { Authenticated, CurrentPrincipal } from '../permissions';
import { EPOCH } from './epoch';
import type { ReplicaRow } from './epoch-store';
import type { LocalEpoch } from './local-epoch';
import { REDIS, type RedisConnection } from './redis';
import type { ReplicaListView, ReplicaView } from './replica.dto';
import { SharedEpoch } from './shared-epoch';

@ApiTags('Operations')
@Controller('v1/replicas')
export class ReplicaController {
  private readonly startedAt: Date;

  constructor(
    @Inject(EPOCH) private readonly epoch: LocalEpoch | SharedEpoch,
    @Inject(REDIS) private readonly redis: RedisConnection | null,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.startedAt = clock.now();
  }

  /** Lists the processes that serve this installation; for its operator. */
  @Get()
  @Authenticated('user')
  async list(@CurrentPrincipal() { operator }: Principal): Promise<ReplicaListView> {
    if (!operator) throw new Problem('forbidden');
    const redis = this.redis === null ? 'none' : this.redis.isUsable ? 'connected' : 'away';
    if (!(this.epoch instanceof SharedEpoch)) return { data: [this.alone()], coordination: 'process', redis };
    const rows = await this.epoch.replicas();
    const newest = Math.max(...rows.map(({ seenEpoch }) => seenEpoch));
    const { replicaId } = this.epoch;
    return { data: rows.map((row) => viewOf(row, replicaId, newest)), coordination: 'database', redis };
  }

  private alone(): ReplicaView {
    const { startedAt } = this;
    return { id: 'process', name: 'process', current: true, state: 'live', startedAt, renewedAt: null, changesBehind: 0 };
  }
}

const viewOf = ({ id, name, seenEpoch, startedAt, renewedAt, endedAt }: ReplicaRow, ownId: string, newest: number): ReplicaView => ({
  id,
  name,
  current: id === ownId,
  state: endedAt === null ? 'live' : 'gone',
  startedAt,
  renewedAt,
  changesBehind: newest - seenEpoch,
});
