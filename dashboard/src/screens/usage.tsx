import { Group, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, take } from '../api';
import { Allowed, CopyAsCurl, ErrorPanel, PageHeader, Panel, RangePicker } from '../components';
import { RangeWords } from '../components/range-picker';
import { type Interval, intervalsFor, isExactly, MINUTE_MS, type Range } from '../lib/ranges';
import { DAY_MS, timeZone } from '../lib/time';
import { useRange } from '../lib/use-range';
import { useUrlState } from '../lib/use-url-state';
import { CallsByStatus, Latencies } from './usage/charts';
import { Figures } from './usage/figures';
import { TopGroups } from './usage/top-groups';

const LONGEST_MS = 31 * DAY_MS;
const GROUPINGS = [
  { value: 'key', label: 'Keys' },
  { value: 'route', label: 'Routes' },
  { value: 'code', label: 'Refusals' },
] as const;
const INTERVAL_LABELS: Readonly<Record<Interval, string>> = { minute: 'By minute', hour: 'By hour', day: 'By day' };

const TITLE = 'Usage';

const UsageScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="call_log.read">
    <Usage />
  </Allowed>
);
export default UsageScreen;

function Usage(): ReactNode {
  const [state, change] = useUrlState({ range: '24h', from: '', to: '', interval: '', by: 'key' });
  const asked = bounded(useRange(state));
  const intervals = intervalsFor(Date.parse(asked.to) - Date.parse(asked.from));
  const interval = intervals.find((one) => one === state.interval) ?? intervals[0];
  const { from, to } = isExactly(state) ? asked : rounded(asked, interval);
  const query = { from, to, interval, timeZone: timeZone() };
  const byStatus = useQuery({
    queryKey: ['usage', 'status', query],
    queryFn: ({ signal }) => take(api.GET('/v1/usage', { params: { query: { ...query, groupBy: 'status' } }, signal })),
    placeholderData: keepPreviousData,
  });
  const overall = useQuery({
    queryKey: ['usage', 'overall', query],
    queryFn: ({ signal }) => take(api.GET('/v1/usage', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHeader title={TITLE} description="What the keys and people of your organization called, how it went, and how long it took.">
        <CopyAsCurl command={() => curl('get', '/v1/usage', { query: { ...query, groupBy: 'status' } })} />
      </PageHeader>
      <Stack gap="lg">
        <Group gap="sm">
          <NativeSelect
            aria-label="Interval"
            size="xs"
            w={120}
            data={intervals.map((value) => ({ value, label: INTERVAL_LABELS[value] }))}
            value={interval}
            onChange={({ currentTarget: { value } }) => change({ interval: value === intervals[0] ? null : value })}
          />
          <RangePicker state={state} onChange={(range) => change({ ...range, interval: null })} longestMs={LONGEST_MS} />
          <RangeWords from={from} to={to} />
        </Group>
        <ErrorPanel error={byStatus.error ?? overall.error} onRetry={() => void Promise.all([byStatus.refetch(), overall.refetch()])} />
        <Figures usage={overall.data} />
        <Panel title="Calls by status">
          <CallsByStatus usage={byStatus.data} />
        </Panel>
        <Panel title="Latency">
          <Latencies usage={overall.data} />
        </Panel>
        <Panel
          title="Most calls"
          aside={
            <SegmentedControl
              size="xs"
              aria-label="Count by"
              data={[...GROUPINGS]}
              value={state.by}
              onChange={(by) => change({ by })}
              withItemsBorders={false}
            />
          }
        >
          <TopGroups by={GROUPINGS.find(({ value }) => value === state.by)?.value ?? 'key'} range={{ from, to }} />
        </Panel>
        <Complete until={overall.data?.completeUntil} />
      </Stack>
    </>
  );
}

interface Bounds {
  readonly from: string;
  readonly to: string;
}

/** A range that is open on one side is a day. */
function bounded({ from, to }: Range): Bounds {
  const end = to ?? new Date(from ? Date.parse(from) + DAY_MS : Date.now()).toISOString();
  return { from: from ?? new Date(Date.parse(end) - DAY_MS).toISOString(), to: end };
}

/** Up to the end of this minute, and from the beginning of a quarter of an hour, unless it is about minutes: what is counted by the quarter is answered soonest. */
function rounded({ from, to }: Bounds, interval: Interval): Bounds {
  const unit = interval === 'minute' ? MINUTE_MS : 15 * MINUTE_MS;
  return {
    from: new Date(Math.floor(Date.parse(from) / unit) * unit).toISOString(),
    to: new Date(Math.ceil(Date.parse(to) / MINUTE_MS) * MINUTE_MS).toISOString(),
  };
}

const Complete = ({ until }: { readonly until: string | undefined }): ReactNode =>
  until ? (
    <Group>
      <Text fz="sm" c="dimmed">
        Every call that was answered before {new Date(until).toLocaleTimeString('en-GB')} is counted.
      </Text>
    </Group>
  ) : null;
