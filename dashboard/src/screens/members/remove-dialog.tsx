import { Skeleton, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, type Schemas, take } from '../../api';
import { ConfirmDialog, ErrorPanel, StatusBadge, TimeOr } from '../../components';
import { useSession } from '../../session';
import type { Member } from './member';
import classes from './remove-dialog.module.css';

type MemberKey = Schemas['MemberKeyView'];

/** Says what becomes of the person's keys before anybody is removed. */
export function RemoveDialog({ member: { userId, name }, onClose }: { readonly member: Member; readonly onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const { may } = useSession();
  const path = { userId };
  const keys = useQuery({
    queryKey: ['keys', 'of', userId],
    queryFn: () => take(api.GET('/v1/members/{userId}/keys', { params: { path, query: { limit: 100 } } })),
    enabled: may('api_key.read'),
  });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.DELETE('/v1/members/{userId}', { params: { path } })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${name} is removed.` });
      await Promise.all([client.invalidateQueries({ queryKey: ['members'] }), client.invalidateQueries({ queryKey: ['keys'] })]);
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`Remove ${name}?`}
      action={`Remove ${name}`}
      isDanger
      isBlocked={may('api_key.read') && keys.isPending}
      isBusy={isPending}
      error={error}
      command={() => curl('delete', '/v1/members/{userId}', { path })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>They are signed out and cannot come back without another invitation. What they did stays in the records.</Text>
      <ErrorPanel error={keys.error} />
      {may('api_key.read') &&
        (keys.data ? <Keys keys={keys.data.data} hasMore={keys.data.hasMore} /> : !keys.error && <Skeleton height={90} />)}
    </ConfirmDialog>
  );
}

const isAlive = ({ status }: MemberKey): boolean => status === 'active' || status === 'disabled';

function Keys({ keys, hasMore }: { readonly keys: readonly MemberKey[]; readonly hasMore: boolean }): ReactNode {
  const owned = keys.filter((key) => isAlive(key) && key.why.includes('owned') && key.owner.type === 'user');
  const known = keys.filter((key) => isAlive(key) && !owned.includes(key));
  return (
    <Stack gap="sm">
      {owned.length === 0 && known.length === 0 && <Text>No live key is theirs, and they know the secret of none.</Text>}
      {owned.length > 0 && (
        <>
          <Text fw={550}>What becomes of their keys</Text>
          <ul className={classes.keys}>
            {owned.map((key) => (
              <li key={key.id}>
                <span className="break">{key.name}</span>
                <StatusBadge tone={key.onOwnerRemoved === 'revoke' ? 'bad' : 'warn'}>
                  {key.onOwnerRemoved === 'revoke' ? 'is revoked' : 'goes to the organization'}
                </StatusBadge>
                <Text fz="sm" c="dimmed">
                  used <TimeOr at={key.lastUsedAt} otherwise="never" />
                </Text>
              </li>
            ))}
          </ul>
        </>
      )}
      {known.length > 0 && (
        <>
          <Text fw={550}>Keys of others whose secret they were shown. These stay as they are: rotate them.</Text>
          <ul className={classes.keys}>
            {known.map((key) => (
              <li key={key.id}>
                <span className="break">{key.name}</span>
                <Text fz="sm" c="dimmed">
                  used <TimeOr at={key.lastUsedAt} otherwise="never" />
                </Text>
              </li>
            ))}
          </ul>
        </>
      )}
      {hasMore && <Text fz="sm">There are more; the list of keys shows them.</Text>}
    </Stack>
  );
}
