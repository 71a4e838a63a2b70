import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, type Schemas, take } from '../../api';
import { type Column, CopyAsCurl, Panel, SimpleTable, StatusBadge, Time, type Tone } from '../../components';
import { formatCount } from '../../lib/numbers';

type Run = Schemas['CompletenessRunView'];

const STATES: Readonly<Record<Run['state'], readonly [Tone, string]>> = {
  running: ['good', 'running'],
  finished: ['quiet', 'finished'],
  left_behind: ['warn', 'left something behind'],
};

const COLUMNS: ReadonlyArray<Column<Run>> = [
  { key: 'replica', title: 'Start of', cell: ({ replica }) => <span className="break">{replica}</span> },
  {
    key: 'state',
    title: 'State',
    cell: ({ state }) => {
      const [tone, words] = STATES[state];
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
  { key: 'calls', title: 'Calls stored', align: 'right', cell: ({ calls }) => <span className="figures">{formatCount(calls)}</span> },
  {
    key: 'pending',
    title: 'In the journal',
    align: 'right',
    cell: ({ pending }) => <span className="figures">{formatCount(pending)}</span>,
  },
  {
    key: 'missing',
    title: 'Missing',
    align: 'right',
    cell: ({ missing }) => (missing === 0 ? '0' : <StatusBadge tone="bad">{formatCount(missing)}</StatusBadge>),
  },
  { key: 'started', title: 'Started', align: 'right', cell: ({ startedAt }) => <Time at={startedAt} /> },
];

/** Whether every answered call is in the log, start by start. */
export function JournalPanel(): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['health', 'completeness'],
    queryFn: () => take(api.GET('/v1/call-logs/completeness')),
  });
  return (
    <Panel title="Completeness of the call log" aside={<CopyAsCurl command={() => curl('get', '/v1/call-logs/completeness')} />}>
      {data && (
        <Group mb="sm" gap="sm">
          <StatusBadge tone={data.hasNoGaps ? 'good' : 'bad'}>
            {data.hasNoGaps ? 'Every answered call was stored' : 'Answered calls are missing'}
          </StatusBadge>
          <Text fz="sm" c="dimmed">
            Of all starts of all replicas, up to <Time at={data.completeUntil} as="exact" />. Whether rows were altered in the database
            afterwards it does not tell.
          </Text>
        </Group>
      )}
      <SimpleTable
        label="Starts"
        columns={COLUMNS}
        rows={data?.data}
        error={error}
        rowKey={({ run }) => run}
        empty="Start by start is for the operator to see."
      />
    </Panel>
  );
}
