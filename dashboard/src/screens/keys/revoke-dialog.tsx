import { Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, curl, type Key, type Schemas, take } from '../../api';
import { Code, ConfirmDialog, TimeOr } from '../../components';
import { shownKey } from '../../options';
import { useSession } from '../../session';
import classes from './revoke-dialog.module.css';

const REFRESH_MS = 5_000;
const SHOWN = 4;

/** Ends a key for ever. Shows who would notice; a key that is in use is revoked only by somebody who writes its name. */
export default function RevokeDialog({ keyView, onClose }: { readonly keyView: Key; readonly onClose: () => void }): ReactNode {
  const { id, name, prefix } = keyView;
  const { may } = useSession();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const { data: impact } = useQuery({
    queryKey: ['keys', id, 'impact'],
    queryFn: () => take(api.GET('/v1/api-keys/{id}/impact', { params: { path: { id } } })),
    enabled: may('call_log.read'),
    refetchInterval: REFRESH_MS,
    staleTime: 0,
  });
  const body = reason.trim() ? { reason: reason.trim() } : {};
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.POST('/v1/api-keys/{id}/revoke', { params: { path: { id } }, body })),
    onSuccess: async (answer) => {
      onClose();
      notifications.show({ title: `${name} is revoked`, message: effectOf(answer) });
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const isBusyKey = (impact?.lastDay ?? 0) > 0;
  return (
    <ConfirmDialog
      isOpen
      title={`Revoke ${name}?`}
      action="Revoke the key"
      isDanger
      isBlocked={isBusyKey && typed.trim() !== name}
      isBusy={isPending}
      error={error}
      command={() => curl('post', '/v1/api-keys/{id}/revoke', { path: { id }, body })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>
        <Code>{shownKey(prefix)}</Code> stops working at once, everywhere and for ever. Programs that use it get 401.
      </Text>
      {may('call_log.read') && (impact ? <Impact impact={impact} /> : <Skeleton height={72} />)}
      <TextInput
        label="Reason"
        description="Optional. It stands in the audit trail."
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {isBusyKey && (
        <TextInput
          label={`This key is in use. Write its name to go on: ${name}`}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
    </ConfirmDialog>
  );
}

/** On how many replicas it took effect, and how fast, where the answer tells. */
function effectOf({ effectiveOnReplicas: replicas, effectiveAfterMs: ms }: Schemas['ChangedKeyView']): string {
  if (replicas === undefined) return 'It is refused from now on, on every replica.';
  const after = ms === undefined ? '' : `, after ${Math.max(1, Math.round(ms))} ms`;
  return `In effect on ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}${after}.`;
}

function Impact({ impact }: { readonly impact: Schemas['KeyImpactView'] }): ReactNode {
  const { lastHour, lastDay, lastMonth, complete, lastSuccessAt, verifications, routes, addresses } = impact;
  if (lastMonth === 0) {
    return <div className={classes.impact}>Nobody has used it in the last 30 days. Nothing will notice.</div>;
  }
  const counts = [
    ['last hour', lastHour],
    ['24 hours', lastDay],
    ['30 days', lastMonth],
  ] as const;
  return (
    <div className={classes.impact} data-live={lastHour > 0 || undefined} role="status">
      <div className={classes.counts}>
        {counts.map(([when, calls]) => (
          <div key={when}>
            <strong>{calls.toLocaleString('en')}</strong>
            <span>{when}</span>
          </div>
        ))}
      </div>
      <Stack gap={2}>
        <Text fz="sm">
          Last successful call: <TimeOr at={lastSuccessAt} otherwise="never" />
        </Text>
        {verifications.calls > 0 && (
          <Text fz="sm">
            Verifications for other services: {verifications.calls.toLocaleString('en')}, last{' '}
            <TimeOr at={verifications.lastAt} otherwise="never" />
          </Text>
        )}
        {addresses.length > 0 && (
          <Text fz="sm">
            From {listed(addresses.map(({ ip }) => ip))}
            {!complete && ', as the newest calls tell'}
          </Text>
        )}
        {routes.length > 0 && <Text fz="sm">To {listed(routes.map(({ method, route }) => `${method} ${route ?? '(no such path)'}`))}</Text>}
      </Stack>
    </div>
  );
}

function listed(all: readonly string[]): string {
  const rest = all.length - SHOWN;
  return `${all.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
