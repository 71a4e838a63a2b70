import { Bar } from '@visx/shape';
import type { ReactNode } from 'react';

import { ChartFrame, type ChartProps, toneClass } from './chart-frame';

const GAP = 0.18;

/** How many of each kind in each stretch of time, one on top of the other. */
export function TimeBars(props: ChartProps): ReactNode {
  const { series, buckets } = props;
  const totals = buckets.map(({ values }) => series.reduce((sum, { key }) => sum + (values[key] ?? 0), 0));
  return (
    <ChartFrame {...props} largest={Math.max(1, ...totals)} mark="block">
      {({ left, width, y }) => {
        const gap = width > 4 ? width * GAP : 0;
        return buckets.map(({ at, values }, index) => {
          let below = 0;
          return series.map(({ key, tone }) => {
            const value = values[key] ?? 0;
            if (value === 0) return null;
            const from = y(below);
            below += value;
            // However few they are, they are seen.
            const height = Math.max(1, from - y(below));
            return (
              <Bar
                key={`${at.getTime()} ${key}`}
                className={toneClass(tone)}
                fill="currentColor"
                x={left(index) + gap / 2}
                y={from - height}
                width={Math.max(0.5, width - gap)}
                height={height}
              />
            );
          });
        });
      }}
    </ChartFrame>
  );
}
