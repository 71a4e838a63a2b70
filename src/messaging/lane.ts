/**
 * Does one kind of work for as long as there is some, never twice at once. Waking it while it works makes it look again.
 */
export class Lane {
  private round: Promise<void> | undefined;
  private isWoken = false;
  private isOpen = false;

  /** @param work returns how much it found to do; `0` lets the lane rest until it is woken again, and so does a failure */
  constructor(
    private readonly work: () => Promise<number>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  open(): void {
    this.isOpen = true;
    this.wake();
  }

  /** There may be something to do. Returns at once. */
  wake(): void {
    this.isWoken = true;
    if (!this.isOpen || this.round) return;
    this.round = this.run().finally(() => {
      this.round = undefined;
      if (this.isWoken) this.wake();
    });
  }

  /** Begins nothing new, and waits for what is being done. */
  async close(): Promise<void> {
    this.isOpen = false;
    await this.round;
  }

  private async run(): Promise<void> {
    while (this.isWoken && this.isOpen) {
      this.isWoken = false;
      try {
        if ((await this.work()) > 0) this.isWoken = true;
      } catch (error) {
        this.onFailure(error);
        return;
      }
    }
  }
}
