import { setImmediate as nextTurn } from 'node:timers/promises';

import { Turns } from './turns';

describe('turns', () => {
  const gate = () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { opened, open };
  };

  it('A15 lets so many work at once, and the others one after the other', async () => {
    const turns = new Turns(2, 10);
    const gates = Array.from({ length: 5 }, gate);
    const begun: number[] = [];
    const done = gates.map(({ opened }, i) =>
      turns.take(async () => {
        begun.push(i);
        await opened;
        return i;
      }),
    );
    await nextTurn();
    expect(begun).toEqual([0, 1]);
    gates[1]!.open();
    await nextTurn();
    expect(begun).toEqual([0, 1, 2]);
    for (const { open } of gates) open();
    expect(await Promise.all(done)).toEqual([0, 1, 2, 3, 4]);
  });

  it('A15 refuses whoever would wait behind too many', async () => {
    const turns = new Turns(1, 1);
    const { opened, open } = gate();
    const [first, second] = [turns.take(() => opened), turns.take(() => opened)];
    await expect(turns.take(() => opened)).rejects.toMatchObject({ code: 'rate_limited', extras: { retryAfterSeconds: 1 } });
    open();
    await Promise.all([first, second]);
    expect(await turns.take(() => Promise.resolve('again'))).toBe('again');
  });

  it('passes the turn on after a failure', async () => {
    const turns = new Turns(1, 1);
    const failing = turns.take(() => Promise.reject(new Error('no')));
    const next = turns.take(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
