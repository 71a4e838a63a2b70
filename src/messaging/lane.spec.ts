import { Lane } from './lane';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that a test lets go on, step by step. */
function stepwise(): {
  readonly work: () => Promise<number>;
  readonly begun: () => number;
  readonly finish: (found: number | Error) => Promise<void>;
} {
  let begun = 0;
  let settle: { resolve: (found: number) => void; reject: (error: Error) => void } | undefined;
  return {
    begun: () => begun,
    work: () => {
      begun++;
      if (settle) throw new Error('Two rounds at once');
      return new Promise((resolve, reject) => (settle = { resolve, reject }));
    },
    finish: async (found) => {
      const { resolve, reject } = settle!;
      settle = undefined;
      if (typeof found === 'number') resolve(found);
      else reject(found);
      await soon();
    },
  };
}

describe('a lane', () => {
  it('works until nothing is left, one round at a time, and looks again when it was woken meanwhile', async () => {
    const { work, begun, finish } = stepwise();
    const lane = new Lane(work, fail);
    lane.wake();
    expect(begun()).toBe(0);
    lane.open();
    expect(begun()).toBe(1);
    await finish(3);
    expect(begun()).toBe(2);
    lane.wake();
    lane.wake();
    await finish(0);
    expect(begun()).toBe(3);
    await finish(0);
    expect(begun()).toBe(3);
    lane.wake();
    expect(begun()).toBe(4);
    await finish(0);
  });

  it('rests after a failure, and is there again when woken', async () => {
    const failures: unknown[] = [];
    const { work, begun, finish } = stepwise();
    const lane = new Lane(work, (error) => failures.push(error));
    lane.open();
    await finish(new Error('no database'));
    expect([begun(), failures]).toEqual([1, [new Error('no database')]]);
    lane.wake();
    await finish(0);
    expect(begun()).toBe(2);
  });

  it('closes when what it does is done, and begins nothing after', async () => {
    const { work, begun, finish } = stepwise();
    const lane = new Lane(work, fail);
    lane.open();
    let isClosed = false;
    const closing = lane.close().then(() => (isClosed = true));
    await soon();
    expect(isClosed).toBe(false);
    await finish(5);
    await closing;
    lane.wake();
    expect(begun()).toBe(1);
  });
});

const fail = (error: unknown): void => {
  throw error;
};
