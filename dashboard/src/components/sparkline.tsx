import type { ReactNode } from 'react';

import classes from './sparkline.module.css';

export interface SparkBar {
  readonly calls: number;
  /** Of those, refused or failed. */
  readonly bad: number;
}

const WIDTH = 80;
const HEIGHT = 24;
const GAP = 0.7;
/** One call among thousands is seen, too. */
const LEAST_HEIGHT = 1.5;

/** Small bars, oldest first. Whoever does not see them reads `label`. */
export function Sparkline({ bars, label }: { readonly bars: readonly SparkBar[]; readonly label: string }): ReactNode {
  const step = WIDTH / Math.max(1, bars.length);
  const most = Math.max(1, ...bars.map(({ calls }) => calls));
  const heightOf = (calls: number): number => (calls === 0 ? 0 : Math.max(LEAST_HEIGHT, (calls / most) * HEIGHT));
  return (
    <svg className={classes.spark} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <title>{label}</title>
      <line className={classes.base} x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {bars.map(({ calls, bad }, index) => {
        if (calls === 0) return null;
        const place = { x: index * step + GAP / 2, width: step - GAP, rx: 0.75 };
        return (
          <g key={index}>
            <rect className={classes.good} {...place} y={HEIGHT - heightOf(calls)} height={heightOf(calls)} />
            {bad > 0 && <rect className={classes.bad} {...place} y={HEIGHT - heightOf(bad)} height={heightOf(bad)} />}
          </g>
        );
      })}
    </svg>
  );
}
