import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, PenLine } from 'lucide-react';
import type { ReactNode } from 'react';

import { api, curl, type Schemas, take, useCursorPages } from '../../api';
import { Code, type Column, CopyAsCurl, DataTable, ErrorPanel, Panel, Time } from '../../components';
import { saveJson } from '../../lib/download';
import { useSession } from '../../session';
import { ChainBadge } from '../audit/chain-badge';
import { WhatIsProven } from '../audit/what-is-proven';

type Checkpoint = Schemas['CheckpointView'];

const PAGE = 10;
const MOST_SAVED = 100;

const COLUMNS: ReadonlyArray<Column<Checkpoint>> = [
  { key: 'at', title: 'Signed', cell: ({ at }) => <Time at={at} as="both" /> },
  { key: 'sequence', title: 'Up to event', align: 'right', cell: ({ sequence }) => sequence },
  { key: 'hash', title: 'Hash', cell: ({ hash }) => <Code copy="Copy the hash" text={hash}>{`${hash.slice(0, 16)}…`}</Code> },
  {
    key: 'delivery',
    title: 'Kept elsewhere',
    cell: ({ delivery: { filedAt, deliveredAt, error, nextAttemptAt } }) => {
      if (error !== null && nextAttemptAt !== null) return `not yet: ${error}`;
      return [filedAt && 'in the file', deliveredAt && 'at the webhook'].filter(Boolean).join(', ') || 'no';
    },
  },
  {
    key: 'save',
    title: 'Download',
    isTitleHidden: true,
    align: 'right',
    cell: (checkpoint) => (
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Download the checkpoint at event ${checkpoint.sequence}`}
        onClick={() => saveJson(`checkpoint-${checkpoint.sequence}.json`, checkpoint)}
      >
        <Download size={15} aria-hidden />
      </ActionIcon>
    ),
  },
];

/** The newest, as many as come at once. */
const saveCheckpoints = async (): Promise<void> =>
  saveJson('checkpoints.json', await take(api.GET('/v1/audit-events/checkpoints', { params: { query: { limit: MOST_SAVED } } })));

const saveKeys = async (): Promise<void> => saveJson('keys.json', await take(api.GET('/.well-known/keystile-audit-keys.json')));

const SAVED = [
  ['Download checkpoints', saveCheckpoints],
  ['Download public keys', saveKeys],
] as const;

/** What was signed of the audit chain: with one that is kept elsewhere, whatever is altered or cut off up to it is found. */
export function CheckpointsPanel(): ReactNode {
  const { may } = useSession();
  const client = useQueryClient();
  const pages = useCursorPages<Checkpoint>(['checkpoints'], (cursor, signal) =>
    take(api.GET('/v1/audit-events/checkpoints', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.POST('/v1/audit-events/checkpoints')),
    onSuccess: async ({ sequence }) => {
      notifications.show({ message: `The chain is signed up to event ${sequence}. Download the checkpoint, and keep it elsewhere.` });
      await client.invalidateQueries({ queryKey: ['checkpoints'] });
    },
  });
  const saving = useMutation({ mutationFn: (save: () => Promise<void>) => save() });
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
      <ErrorPanel error={error ?? saving.error} />
      <Group mb="sm" justify="space-between">
        <Text fz="sm" c="dimmed" maw={560}>
          Keep checkpoints and public keys where whoever runs the database cannot change them: then events up to them cannot be altered or
          cut off unseen. <WhatIsProven />
        </Text>
        <Group gap="xs">
          {SAVED.map(([label, save]) => (
            <Button
              key={label}
              variant="default"
              size="compact-sm"
              leftSection={<Download size={14} aria-hidden />}
              onClick={() => saving.mutate(save)}
            >
              {label}
            </Button>
          ))}
        </Group>
      </Group>
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
