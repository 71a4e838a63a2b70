import { useMemo, useState } from 'react';

import { type Range, type RangeState, timesOf } from './ranges';

/** The times that a range stands for. A preset is counted from when it was chosen, so that all of a screen, and every page, is of the same time. */
export function useRange({ range, from, to }: RangeState): Range & { readonly refresh: () => void } {
  const [now, setNow] = useState(() => Date.now());
  const times = useMemo(() => timesOf({ range, from, to }, now), [range, from, to, now]);
  return { ...times, refresh: () => setNow(Date.now()) };
}
