import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Schemas } from '../../api';
import { formatCompact, formatLatency, formatShare } from '../../lib/numbers';
import classes from './figures.module.css';

interface FiguresProps {
  readonly usage: Schemas['UsageView'] | undefined;
}

/** The whole stretch of time in a few numbers. */
export function Figures({ usage }: FiguresProps): ReactNode {
  const calls = sum(usage, 'calls');
  const denied = sum(usage, 'denied');
  const errors = sum(usage, 'errors');
  const usual = usage && usualLatency(usage);
  const figures: ReadonlyArray<readonly [name: string, value: string, more: string]> = [
    ['Calls', formatCompact(calls), ''],
    ['Went well', formatShare(calls - denied - errors, calls), ''],
    ['Refused', formatCompact(denied), formatShare(denied, calls)],
    ['Errors', formatCompact(errors), formatShare(errors, calls)],
    ['Usual latency', usual === undefined ? '–' : formatLatency(usual), ''],
  ];
  return (
    <dl className={classes.figures}>
      {figures.map(([name, value, more]) => (
        <div key={name} className={classes.figure}>
          <dt>{name}</dt>
          <dd>
            {usage ? value : <Skeleton height={22} width={80} my={4} />} {usage && more && <small>{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const sum = (usage: Schemas['UsageView'] | undefined, field: 'calls' | 'denied' | 'errors'): number =>
  usage?.data.reduce((total, bucket) => total + bucket[field], 0) ?? 0;

/** Half of the calls were made at times whose own median was at most this. */
function usualLatency({ data }: Schemas['UsageView']): number | undefined {
  const half = data.reduce((total, { calls }) => total + calls, 0) / 2;
  let counted = 0;
  for (const { calls, p50Ms } of data.toSorted((a, b) => a.p50Ms - b.p50Ms)) {
    counted += calls;
    if (counted >= half) return p50Ms;
  }
  return undefined;
}
