import { BURST_REFUSALS, BURST_WINDOW_MS, RefusalCounter } from './refusal-burst';

const refusal = (atMs: number, keyId = 'key_a') => ({ keyId, at: new Date(atMs), code: 'ip_not_allowed' });

/** The number of the refusal with which a burst first shows, when they come so many milliseconds apart. */
function burstAt(apartMs: number, count = 200): number | undefined {
  const counter = new RefusalCounter();
  for (let i = 1; i <= count; i++) if (counter.add(refusal(i * apartMs))) return i;
  return undefined;
}

describe('refusals', () => {
  it.each([
    ['all at once', 0, BURST_REFUSALS],
    ['one a second', 1_000, BURST_REFUSALS],
    ['just within the window', BURST_WINDOW_MS / (BURST_REFUSALS - 1), BURST_REFUSALS],
    ['a little too far apart', BURST_WINDOW_MS / (BURST_REFUSALS - 1) + 1, undefined],
  ])('are a burst when they come %s', (_how, apartMs, number) => {
    expect(burstAt(apartMs)).toBe(number);
  });

  it('of one key do not count for another', () => {
    const counter = new RefusalCounter();
    for (let i = 0; i < 5 * BURST_REFUSALS; i++)
      expect(counter.add(refusal(i, `key_${i % 6}`))?.length).toBe(i < 114 ? undefined : BURST_REFUSALS);
  });

  it('are a burst for as long as they go on, and the latest ones are told', () => {
    const counter = new RefusalCounter();
    const bursts = Array.from({ length: 25 }, (_unused, i) => counter.add(refusal(i * 1_000)));
    expect(bursts.map((burst) => burst?.length)).toEqual([...Array<undefined>(19).fill(undefined), ...Array<number>(6).fill(20)]);
    expect(bursts.at(-1)![0]!.at.getTime()).toBe(5_000);
  });
});
