import { LinePath } from '@visx/shape';
import type { ReactNode } from 'react';

import { type ChartBucket, ChartFrame, type ChartProps, toneClass } from './chart-frame';

/** How something went up and down. Where nothing is known the line is broken. */
export function TimeLines(props: ChartProps): ReactNode {
  const { series, buckets } = props;
  const largest = Math.max(1, ...buckets.flatMap(({ values }) => series.map(({ key }) => values[key] ?? 0)));
  return (
    <ChartFrame {...props} largest={largest} mark="line">
      {({ left, width, y }) => {
        const middle = (index: number): number => left(index) + width / 2;
        return series.map(({ key, tone, dash }) => (
          <g key={key} className={toneClass(tone)}>
            <LinePath<ChartBucket>
              data={[...buckets]}
              x={(_bucket, index) => middle(index)}
              y={({ values }) => y(values[key] ?? 0)}
              defined={({ values }) => values[key] !== undefined}
              stroke="currentColor"
              strokeWidth={1.75}
              strokeDasharray={dash}
              strokeLinejoin="round"
            />
            {buckets.map(({ at, values }, index) =>
              isAlone(buckets, index, key) ? (
                <circle key={at.getTime()} cx={middle(index)} cy={y(values[key]!)} r={2} fill="currentColor" />
              ) : null,
            )}
          </g>
        ));
      }}
    </ChartFrame>
  );
}

/** A line of one point would not be seen. */
const isAlone = (buckets: readonly ChartBucket[], index: number, key: string): boolean =>
  buckets[index]?.values[key] !== undefined &&
  buckets[index - 1]?.values[key] === undefined &&
  buckets[index + 1]?.values[key] === undefined;
