import { useQueries } from '@tanstack/react-query';

import { api, type Schemas, take } from '../../api';
import type { SparkBar } from '../../components';
import { useSession } from '../../session';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Few enough that no answer is waited for long. */
const KEYS_AT_ONCE = 50;

const readDay = (keys: readonly string[], signal: AbortSignal): Promise<Schemas['UsageView']> =>
  take(api.GET('/v1/usage', { params: { query: { interval: 'hour', groupBy: 'key', keyId: keys.join(',') } }, signal }));

/** The calls of the last 24 hours by key, hour by hour. Undefined while unknown, and where this person may not know. */
export function useDayOfCalls(keys: readonly string[]): (keyId: string) => readonly SparkBar[] | undefined {
  const { may } = useSession();
  const chunks = Array.from({ length: Math.ceil(keys.length / KEYS_AT_ONCE) }, (_chunk, i) =>
    keys.slice(i * KEYS_AT_ONCE, (i + 1) * KEYS_AT_ONCE),
  );
  const days = useQueries({
    queries: chunks.map((chunk) => ({
      queryKey: ['usage', 'day', chunk],
      queryFn: ({ signal }: { signal: AbortSignal }) => readDay(chunk, signal),
      enabled: may('call_log.read'),
      staleTime: 60_000,
    })),
  });
  return (keyId) => {
    const day = days[chunks.findIndex((chunk) => chunk.includes(keyId))]?.data;
    return day && barsOf(day, keyId);
  };
}

/** One bar for each hour, the present one last. */
function barsOf({ data, to }: Schemas['UsageView'], keyId: string): readonly SparkBar[] {
  const first = Math.floor(new Date(to).getTime() / HOUR_MS) - HOURS + 1;
  const bars: SparkBar[] = Array.from({ length: HOURS }, () => ({ calls: 0, bad: 0 }));
  for (const { at, group, calls, denied, errors } of data) {
    const hour = Math.floor(new Date(at).getTime() / HOUR_MS) - first;
    if (group === keyId && bars[hour]) bars[hour] = { calls, bad: denied + errors };
  }
  return bars;
}

/** `1,204 calls in 24 hours, 3 refused or failed`. */
export function dayInWords(day: readonly SparkBar[]): string {
  const calls = day.reduce((sum, bar) => sum + bar.calls, 0);
  const bad = day.reduce((sum, bar) => sum + bar.bad, 0);
  if (calls === 0) return 'No calls in 24 hours';
  return `${calls.toLocaleString('en')} ${calls === 1 ? 'call' : 'calls'} in 24 hours, ${bad.toLocaleString('en')} refused or failed`;
}
