import { Table } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { scaleLinear } from '@visx/scale';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';

import { formatExactly } from '../../lib/time';
import classes from './chart.module.css';

export type ChartTone = 'main' | 'quiet' | 'warn' | 'bad' | 'good';

/** One kind of value in each bucket. */
export interface ChartSeries {
  readonly key: string;
  readonly label: string;
  readonly tone: ChartTone;
  /** As in SVG. */
  readonly dash?: string;
}

/** A stretch of time. A value that is missing is not known, which is not 0. */
export interface ChartBucket {
  readonly at: Date;
  readonly values: Readonly<Record<string, number | undefined>>;
}

export interface ChartProps {
  /** What is shown: `Calls by status`. */
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly buckets: readonly ChartBucket[];
  readonly format: (value: number) => string;
  /** Whether buckets are days, so that their times say nothing. */
  readonly isDaily: boolean;
}

interface Plot {
  /** Where a bucket is, in pixels from the left. */
  readonly left: (index: number) => number;
  readonly width: number;
  readonly y: (value: number) => number;
}

interface ChartFrameProps extends ChartProps {
  readonly largest: number;
  readonly mark: 'block' | 'line';
  readonly children: (plot: Plot) => ReactNode;
}

const HEIGHT = 220;
const MARGIN = { top: 8, right: 4, bottom: 22, left: 52 };
const LABEL_WIDTH = 96;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/**
 * Axes, legend and a table of the same figures. Pointing at a bucket, or going there with the arrow keys, puts its figures into the legend.
 */
export function ChartFrame({ label, series, buckets, format, isDaily, largest, mark, children }: ChartFrameProps): ReactNode {
  const { ref, width: outer } = useElementSize();
  const [active, setActive] = useState<number | null>(null);
  const width = Math.max(0, outer - MARGIN.left - MARGIN.right);
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const step = width / Math.max(1, buckets.length);
  const scale = scaleLinear<number>({ domain: [0, Math.max(largest, Number.MIN_VALUE)], range: [height, 0], nice: 4 });
  const bucket = active === null ? undefined : buckets[active];
  const point = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>): void => {
    const x = clientX - currentTarget.getBoundingClientRect().left - MARGIN.left;
    setActive(Math.min(buckets.length - 1, Math.max(0, Math.floor(x / step))));
  };
  const press = (event: KeyboardEvent): void => {
    const last = buckets.length - 1;
    const to = { ArrowLeft: (active ?? last + 1) - 1, ArrowRight: (active ?? -1) + 1, Home: 0, End: last, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setActive(event.key === 'Escape' ? null : Math.min(last, Math.max(0, to)));
  };
  return (
    <figure className={classes.figure} aria-label={label}>
      <div className={classes.legend} role="status">
        {series.map(({ key, label: name, tone, dash }) => (
          <span key={key} className={classes.entry}>
            <Mark kind={mark} tone={tone} dash={dash} />
            {name}
            {bucket && <strong>{valueOf(bucket, key, format)}</strong>}
          </span>
        ))}
        {bucket && <span className={classes.when}>{whenOf(bucket.at, isDaily)}</span>}
      </div>
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex jsx-a11y/no-noninteractive-element-interactions -- arrow keys go from bucket to bucket */}
      <div
        ref={ref}
        className={classes.plot}
        tabIndex={0}
        role="group"
        aria-label={`${label}: arrow keys go from one time to the next`}
        onKeyDown={press}
        onBlur={() => setActive(null)}
      >
        {/* oxlint-enable jsx-a11y/no-noninteractive-tabindex jsx-a11y/no-noninteractive-element-interactions */}
        {width > 0 && (
          <svg width={outer} height={HEIGHT} aria-hidden onPointerMove={point} onPointerLeave={() => setActive(null)}>
            <g transform={`translate(${MARGIN.left},${MARGIN.top})`}>
              {scale.ticks(4).map((tick) => (
                <g key={tick} transform={`translate(0,${scale(tick)})`}>
                  <line x2={width} className={classes.grid} />
                  <text x={-8} dy="0.32em" textAnchor="end" className={classes.axis}>
                    {format(tick)}
                  </text>
                </g>
              ))}
              {active !== null && <rect x={active * step} width={step} height={height} className={classes.active} />}
              {children({ left: (index) => index * step, width: step, y: (value) => scale(value) })}
              {labelled(buckets.length, width).map((index) => (
                <text key={index} x={index * step + step / 2} y={height + 16} textAnchor="middle" className={classes.axis}>
                  {axisLabel(buckets, index, isDaily)}
                </text>
              ))}
            </g>
          </svg>
        )}
      </div>
      <ChartTable label={label} series={series} buckets={buckets} format={format} isDaily={isDaily} />
    </figure>
  );
}

const Mark = ({
  kind,
  tone,
  dash,
}: {
  readonly kind: 'block' | 'line';
  readonly tone: ChartTone;
  readonly dash: string | undefined;
}): ReactNode => (
  <svg className={`${classes.mark} ${toneClass(tone)}`} aria-hidden>
    {kind === 'block' ? (
      <rect width={10} height={10} x={2} rx={2} fill="currentColor" />
    ) : (
      <line x2={14} y1={5} y2={5} stroke="currentColor" strokeWidth={2} strokeDasharray={dash} />
    )}
  </svg>
);

/** The same figures for those who read them. Made when it is opened. */
function ChartTable({ label, series, buckets, format, isDaily }: ChartProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={classes.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keyboard
        <div className={classes.scroll} tabIndex={0} role="region" aria-label={`${label}, as a table`}>
          <Table verticalSpacing={4} fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">From</Table.Th>
                {series.map(({ key, label: name }) => (
                  <Table.Th key={key} scope="col" ta="right">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {buckets.map((bucket) => (
                <Table.Tr key={bucket.at.getTime()}>
                  <Table.Th scope="row" fw={400}>
                    {whenOf(bucket.at, isDaily)}
                  </Table.Th>
                  {series.map(({ key }) => (
                    <Table.Td key={key} ta="right">
                      {valueOf(bucket, key, format)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </details>
  );
}

export const toneClass = (tone: ChartTone): string => classes[`tone-${tone}`] ?? '';

function valueOf({ values }: ChartBucket, key: string, format: (value: number) => string): string {
  const value = values[key];
  return value === undefined ? '–' : format(value);
}

const whenOf = (at: Date, isDaily: boolean): string => (isDaily ? day.format(at) : formatExactly(at));

/** So many that they do not touch. */
function labelled(count: number, width: number): number[] {
  const every = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(width / LABEL_WIDTH))));
  return Array.from({ length: Math.floor((count - 1) / every) + 1 }, (_label, i) => i * every).filter((index) => index < count);
}

/** The time; the date as well where it is another than before. */
function axisLabel(buckets: readonly ChartBucket[], index: number, isDaily: boolean): string {
  const at = buckets[index]!.at;
  const span = buckets.at(-1)!.at.getTime() - buckets[0]!.at.getTime();
  if (isDaily) return day.format(at);
  return span > 26 * 3_600_000 ? `${day.format(at)}, ${clock.format(at)}` : clock.format(at);
}
