import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, MoreThan } from 'typeorm';

import { type Clock, CLOCK, type Principal } from '../common';
import { CallStore } from './call-store';
import { CALL_DATABASE } from './call-terms';
import { CallWatermark } from './call-watermark.entity';
import type { CompletenessRunView, CompletenessView } from './completeness.dto';

const MOST_RUNS = 200;
/** A replica that runs says so every second. */
const SILENCE_MS = 30_000;

/** Says of every start of every replica whether what it answered was stored in the log. */
@Injectable()
export class Completeness {
  constructor(
    @Inject(CALL_DATABASE) private readonly database: DataSource,
    private readonly store: CallStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How much each start of each replica has answered tells about other organizations: that is the operator's. */
  async show({ operator }: Pick<Principal, 'operator'>): Promise<CompletenessView> {
    await this.store.flush();
    const newest = await this.database.manager.find(CallWatermark, { order: { number: 'DESC' }, take: MOST_RUNS });
    const unfinished = await this.database.manager.find(CallWatermark, { where: { finishedAt: IsNull() }, order: { number: 'DESC' } });
    const lossy = await this.database.manager.find(CallWatermark, { where: { missing: MoreThan(0) }, order: { number: 'DESC' } });
    const runs = [...new Map([...newest, ...unfinished, ...lossy].map((mark) => [mark.number, mark])).values()];
    return {
      data: operator ? runs.map((mark) => this.view(mark)) : [],
      hasNoGaps: lossy.length === 0 && !unfinished.some((mark) => this.hasLost(mark)),
      completeUntil: this.store.completeUntil,
    };
  }

  private view({ replica, run, startedAt, missing, calls, adoptedBy, ...mark }: CallWatermark): CompletenessRunView {
    const isThisOne = run === this.store.run;
    const lastSequence = isThisOne ? Math.max(this.store.lastSequence, mark.drained) : Math.max(mark.lastSequence, mark.drained);
    return {
      replica,
      run,
      startedAt,
      state: isThisOne ? 'running' : this.stateOf(mark),
      firstSequence: 1,
      lastSequence,
      drainedUpTo: mark.drained,
      pending: mark.finishedAt === null ? lastSequence - mark.drained : 0,
      missing,
      calls,
      completeUntil: isThisOne ? this.store.completeUntil : mark.completeUntil,
      adoptedBy,
    };
  }

  /** What a start is known to have answered does not turn up any more. */
  private hasLost(mark: CallWatermark): boolean {
    return mark.run !== this.store.run && mark.lastSequence > mark.drained && !this.store.waitsFor(mark);
  }

  private stateOf({ finishedAt, aliveAt }: Pick<CallWatermark, 'finishedAt' | 'aliveAt'>): CompletenessRunView['state'] {
    if (finishedAt !== null) return 'finished';
    return this.clock.now().getTime() - aliveAt.getTime() < SILENCE_MS ? 'running' : 'left_behind';
  }
}
