import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { CHECKPOINT_OPTIONS, type CheckpointOptions } from './checkpoint-options';
import { CheckpointDelivery } from './checkpoint-delivery';
import { Checkpoints } from './checkpoint.service';

const TICK_MS = 15_000;

/** Signs chains when it is time and sends on what was signed. Every replica does; each checkpoint is made and sent by one. */
@Injectable()
export class CheckpointJob implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('AuditCheckpoints');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly delivery: CheckpointDelivery,
    @Inject(CHECKPOINT_OPTIONS) private readonly options: CheckpointOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.signingKeys.length > 0) this.timer = setInterval(() => void this.run(), TICK_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One round. Asked again while it runs, it waits for the end of that and begins anew. */
  run(): Promise<void> {
    const round = (this.running ?? Promise.resolve()).then(() => this.round());
    this.running = round;
    return round;
  }

  private async round(): Promise<void> {
    await this.attempt('signed', () => this.checkpoints.signDue());
    await this.attempt('sent on', () => this.delivery.deliverDue());
  }

  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`Audit chains could not be ${what}; trying again: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
