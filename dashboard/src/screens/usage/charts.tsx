import { Skeleton, Text } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';

import type { Schemas } from '../../api';
import { type ChartBucket, type ChartSeries, TimeBars, TimeLines } from '../../components/chart';
import { formatCount, formatLatency } from '../../lib/numbers';
import { bucketStarts } from '../../lib/ranges';

type Usage = Schemas['UsageView'];

const OUTCOMES: readonly ChartSeries[] = [
  { key: 'answered', label: 'Went well', tone: 'main' },
  { key: 'refused', label: 'Refused (401, 403, 429)', tone: 'warn' },
  { key: 'wrong', label: 'Other 4xx', tone: 'quiet' },
  { key: 'failed', label: '5xx', tone: 'bad' },
];

const REFUSED = new Set([401, 403, 429]);

function outcomeOf(status: number): string {
  if (REFUSED.has(status)) return 'refused';
  if (status >= 500) return 'failed';
  return status >= 400 ? 'wrong' : 'answered';
}

/** @param usage by status */
export function CallsByStatus({ usage }: { readonly usage: Usage | undefined }): ReactNode {
  const buckets = useMemo(() => usage && outcomes(usage), [usage]);
  if (!usage || !buckets) return <Skeleton height={260} />;
  return <TimeBars label="Calls by status" series={OUTCOMES} buckets={buckets} format={formatCount} isDaily={usage.interval === 'day'} />;
}

function outcomes(usage: Usage): ChartBucket[] {
  const found = new Map<number, Record<string, number>>();
  for (const { at, group, calls } of usage.data) {
    const values = found.get(Date.parse(at)) ?? {};
    const outcome = outcomeOf(Number(group));
    values[outcome] = (values[outcome] ?? 0) + calls;
    found.set(Date.parse(at), values);
  }
  const none = { answered: 0, refused: 0, wrong: 0, failed: 0 };
  return bucketStarts(usage.from, usage.to, usage.interval).map((at) => ({ at, values: { ...none, ...found.get(at.getTime()) } }));
}

const PERCENTILES: readonly ChartSeries[] = [
  { key: 'p50Ms', label: 'p50', tone: 'main' },
  { key: 'p95Ms', label: 'p95', tone: 'warn', dash: '5 3' },
  { key: 'p99Ms', label: 'p99', tone: 'bad', dash: '1.5 3' },
];

export function Latencies({ usage }: { readonly usage: Usage | undefined }): ReactNode {
  const buckets = useMemo(() => usage && latencies(usage), [usage]);
  if (!usage || !buckets) return <Skeleton height={260} />;
  if (usage.data.length === 0) return <Text c="dimmed">There were no calls.</Text>;
  return (
    <TimeLines
      label="How long calls took"
      series={PERCENTILES}
      buckets={buckets}
      format={formatLatency}
      isDaily={usage.interval === 'day'}
    />
  );
}

function latencies(usage: Usage): ChartBucket[] {
  const found = new Map(usage.data.map(({ at, p50Ms, p95Ms, p99Ms }) => [Date.parse(at), { p50Ms, p95Ms, p99Ms }]));
  return bucketStarts(usage.from, usage.to, usage.interval).map((at) => ({ at, values: found.get(at.getTime()) ?? {} }));
}
