import { Problem } from './problem';

/** Lets few at a time do what is dear, and turns away whoever would wait behind too many. */
export class Turns {
  private running = 0;
  private readonly waiting: Array<() => void> = [];

  constructor(
    private readonly mostAtOnce: number,
    private readonly mostWaiting: number,
  ) {}

  /** @throws Problem `rate_limited`; whatever `work` throws */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.mostAtOnce) this.running++;
    else if (this.waiting.length < this.mostWaiting) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else throw new Problem('rate_limited', { retryAfterSeconds: 1 });
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
