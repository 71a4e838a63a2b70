import { NativeSelect, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, curl, forgetIdempotency, idempotencyHeader, type Key, take } from '../../api';
import { Code, ConfirmDialog } from '../../components';
import { useShowSecret } from '../../shell/issued-secret';
import { earliestDay, expiryChoices, expiryOf } from './expiry';
import { shownKey } from '../../options';

const OVERLAPS = [
  { value: '3600', label: 'works for another hour' },
  { value: '86400', label: 'works for another day' },
  { value: '604800', label: 'works for another week' },
  { value: '2592000', label: 'works for another 30 days' },
  { value: '0', label: 'stops now' },
];

/** A new secret for the same key; the old one works on for as long as it takes to deploy the new one. */
export default function RotateDialog({ keyView, onClose }: { readonly keyView: Key; readonly onClose: () => void }): ReactNode {
  const { id, name, prefix, status, expiresAt } = keyView;
  const client = useQueryClient();
  const showSecret = useShowSecret();
  const choices = expiryChoices(status === 'expired' ? {} : { keep: expiresAt });
  const [overlap, setOverlap] = useState('86400');
  const [expiry, setExpiry] = useState(choices[0]!.value);
  const [lastDay, setLastDay] = useState('');
  const end = expiryOf(expiry, lastDay || earliestDay());
  // To the minute: the same form, sent twice, asks for the same.
  const body = { overlapSeconds: Number(overlap), ...(end === undefined ? {} : { expiresAt: end && `${end.slice(0, 16)}:00.000Z` }) };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      take(api.POST('/v1/api-keys/{id}/rotate', { params: { path: { id }, header: idempotencyHeader(`rotate ${id}`, body) }, body })),
    onSuccess: async (issued) => {
      forgetIdempotency();
      onClose();
      showSecret({ issued, isNewKey: false });
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`Rotate ${name}`}
      action="Rotate the key"
      isBlocked={expiry === 'day' && lastDay === ''}
      isBusy={isPending}
      error={error}
      command={() => curl('post', '/v1/api-keys/{id}/rotate', { path: { id }, body })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>The key gets a new secret and keeps its name, scopes and log.</Text>
      <NativeSelect
        label={
          <>
            The old secret <Code>{shownKey(prefix)}</Code>
          </>
        }
        description="Time to deploy the new one. If the old one has leaked, stop it now."
        data={OVERLAPS}
        value={overlap}
        onChange={(event) => setOverlap(event.currentTarget.value)}
      />
      <NativeSelect label="The key expires" data={[...choices]} value={expiry} onChange={(event) => setExpiry(event.currentTarget.value)} />
      {expiry === 'day' && (
        <TextInput
          type="date"
          label="Last day"
          min={earliestDay()}
          value={lastDay}
          onChange={(event) => setLastDay(event.currentTarget.value)}
        />
      )}
    </ConfirmDialog>
  );
}
