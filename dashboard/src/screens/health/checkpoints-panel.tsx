import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PenLine } from 'lucide-react';
import type { ReactNode } from 'react';

import { api, curl, type Schemas, take, useCursorPages } from '../../api';
import { Code, type Column, CopyAsCurl, DataTable, ErrorPanel, Panel, Time } from '../../components';
import { useSession } from '../../session';
import { ChainBadge } from '../audit/chain-badge';

type Checkpoint = Schemas['CheckpointView'];

const PAGE = 10;

const COLUMNS: ReadonlyArray<Column<Checkpoint>> = [
  { key: 'at', title: 'Signed', cell: ({ at }) => <Time at={at} /> },
  { key: 'sequence', title: 'Up to event', align: 'right', cell: ({ sequence }) => sequence },
  { key: 'hash', title: 'Hash', cell: ({ hash }) => <Code copy="Copy the hash">{`${hash.slice(0, 16)}…`}</Code> },
  {
    key: 'delivery',
    title: 'Kept elsewhere',
    cell: ({ delivery: { filedAt, deliveredAt, error, nextAttemptAt } }) => {
      if (error !== null && nextAttemptAt !== null) return `not yet: ${error}`;
      return [filedAt && 'in the file', deliveredAt && 'at the webhook'].filter(Boolean).join(', ') || 'no';
    },
  },
];

/** What was signed of the audit chain: with one that is kept elsewhere, whatever is cut off is found. */
export function CheckpointsPanel(): ReactNode {
  const { may } = useSession();
  const client = useQueryClient();
  const pages = useCursorPages<Checkpoint>(['checkpoints'], (cursor, signal) =>
    take(api.GET('/v1/audit-events/checkpoints', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.POST('/v1/audit-events/checkpoints')),
    onSuccess: async ({ sequence }) => {
      notifications.show({ message: `The chain is signed up to event ${sequence}.` });
      await client.invalidateQueries({ queryKey: ['checkpoints'] });
    },
  });
  return (
    <Panel
      title="Audit chain"
      aside={
        <Group gap="xs">
          <ChainBadge scope="" />
          <CopyAsCurl command={() => curl('post', '/v1/audit-events/checkpoints')} />
          {may('audit_event.checkpoint') && (
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<PenLine size={14} aria-hidden />}
              loading={isPending}
              onClick={() => mutate()}
            >
              Sign now
            </Button>
          )}
        </Group>
      }
    >
      <ErrorPanel error={error} />
      <DataTable
        label="Checkpoints"
        columns={COLUMNS}
        pages={pages}
        rowKey={({ at, sequence }) => `${at} ${sequence}`}
        empty="Nothing has been signed yet."
      />
    </Panel>
  );
}
