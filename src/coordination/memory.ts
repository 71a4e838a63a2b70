export type Listener = (organizationId: string | null) => void;

/** What a process tells itself. */
export class Memory {
  private readonly listeners: Listener[] = [];
  private count = 0;

  get epoch(): number {
    return this.count;
  }

  onForget(listener: Listener): void {
    this.listeners.push(listener);
  }

  forget(organizationIds: ReadonlyArray<string | null>): void {
    this.count++;
    for (const listener of this.listeners) for (const id of organizationIds) listener(id);
  }
}
