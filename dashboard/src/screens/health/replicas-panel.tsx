import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

import { curl, type Schemas } from '../../api';
import { type Column, CopyAsCurl, Panel, SimpleTable, StatusBadge, Time, TimeOr } from '../../components';
import { useReplicas } from './use-replicas';

type Replica = Schemas['ReplicaView'];

const COLUMNS: ReadonlyArray<Column<Replica>> = [
  {
    key: 'name',
    title: 'Replica',
    cell: ({ name, current }) => (
      <Text className="break">
        {name}
        {current && ' (this one)'}
      </Text>
    ),
  },
  { key: 'state', title: 'State', cell: ({ state }) => <StatusBadge tone={state === 'live' ? 'good' : 'quiet'}>{state}</StatusBadge> },
  {
    key: 'behind',
    title: 'Changes',
    cell: ({ changesBehind, state }) => (changesBehind === 0 ? 'has heard of all' : state === 'live' ? `${changesBehind} behind` : '–'),
  },
  { key: 'renewed', title: 'Lease renewed', cell: ({ renewedAt }) => <TimeOr at={renewedAt} otherwise="needs none" /> },
  { key: 'started', title: 'Started', cell: ({ startedAt }) => <Time at={startedAt} /> },
];

/** The processes that serve the installation, and whether each has heard of every change. */
export function ReplicasPanel(): ReactNode {
  const { data, error } = useReplicas(true);
  return (
    <Panel title="Replicas" aside={<CopyAsCurl command={() => curl('get', '/v1/replicas')} />}>
      <SimpleTable label="Replicas" columns={COLUMNS} rows={data?.data} error={error} rowKey={({ id }) => id} empty="There is none." />
    </Panel>
  );
}
