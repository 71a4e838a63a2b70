import type { EntityManager } from 'typeorm';

import type { Effects } from './effects';
import { type Change, type Epoch, PendingChange, raiseIn } from './epoch';
import { type Listener, Memory } from './memory';

/** The epoch of a process that has its database for itself. */
export class LocalEpoch implements Epoch {
  private readonly memory = new Memory();

  constructor(private readonly effects: Effects) {}

  get epoch(): number {
    return this.memory.epoch;
  }

  isTrusted(): boolean {
    return true;
  }

  onForget(listener: Listener): void {
    this.memory.onForget(listener);
  }

  async raise(manager: EntityManager, change: Change): Promise<void> {
    await raiseIn(manager, this, change, () => new LocalChange(this.memory, this.effects));
  }
}

class LocalChange extends PendingChange {
  constructor(
    private readonly memory: Memory,
    private readonly effects: Effects,
  ) {
    super();
  }

  beforeCommit(): Promise<void> {
    return Promise.resolve();
  }

  /** Also where nobody knows: to have forgotten too much costs a query. */
  afterCommit(isCertain: boolean): Promise<void> {
    this.memory.forget(this.organizationIds);
    if (isCertain) this.noteIn(this.effects, { replicas: 1, afterMs: 0 });
    return Promise.resolve();
  }
}
