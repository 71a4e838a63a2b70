import type { CatchUp } from './catch-up';
import type { EpochWatch } from './epoch-watch';
import type { RedisConnection } from './redis';

const DEADLINE_MS = 100;

/**
 * What replicas tell each other by Redis, so that nobody has to wait for the next look at the database: that an epoch was raised, and
 * that somebody has forgotten up to one. Any of it may be lost.
 */
export class EpochMessages {
  private readonly channel: string;

  constructor(
    private readonly redis: RedisConnection,
    installation: string,
    watch: EpochWatch,
    catchUp: CatchUp,
  ) {
    this.channel = `keystile:${installation}:epoch`;
    redis.subscribe(this.channel, (message) => {
      const [what, epoch, id] = message?.split(' ') ?? [];
      if (what === 'seen' && id !== undefined) catchUp.acknowledge(id, Number(epoch));
      else if (what !== 'raised' || Number(epoch) > watch.epoch) watch.wake();
    });
  }

  raised(epoch: number): void {
    this.publish(`raised ${epoch}`);
  }

  seen(id: string, epoch: number): void {
    this.publish(`seen ${epoch} ${id}`);
  }

  private publish(message: string): void {
    // The others look for themselves soon enough.
    this.redis.ask(['PUBLISH', this.channel, message], DEADLINE_MS).catch(() => undefined);
  }
}
