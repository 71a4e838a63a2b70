import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

/** What nobody waits for, because its answer or its duration would tell too much or take too long. The end of the service waits. */
@Injectable()
export class BackgroundWork implements OnApplicationShutdown {
  private readonly logger = new Logger('BackgroundWork');
  private readonly running = new Set<Promise<void>>();

  /** @param what for the log, should it fail; no name, address or token of anybody */
  start(what: string, work: () => Promise<void>): void {
    const run = work()
      .catch((error: unknown) => this.logger.warn(`${what} failed: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.running);
  }
}
