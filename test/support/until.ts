import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until something is so.
 * @throws Error that names it where it takes too long
 */
export async function until(isSo: () => Promise<boolean> | boolean, what: () => string, longestMs = 20_000): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > longestMs) throw new Error(`It took too long until ${what()}`);
    await sleep(2);
  }
}
