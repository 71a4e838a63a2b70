import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, type Key, take } from '../../api';
import { ConfirmDialog } from '../../components';

interface SwitchDialogProps {
  readonly keyView: Key;
  readonly action: 'disable' | 'enable';
  readonly onClose: () => void;
}

/** Stops a key for a while, or lets it work again. */
export default function SwitchDialog({ keyView: { id, name }, action, onClose }: SwitchDialogProps): ReactNode {
  const client = useQueryClient();
  const params = { params: { path: { id } } };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      take(action === 'disable' ? api.POST('/v1/api-keys/{id}/disable', params) : api.POST('/v1/api-keys/{id}/enable', params)),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: action === 'disable' ? `${name} is disabled.` : `${name} works again.` });
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`${action === 'disable' ? 'Disable' : 'Enable'} ${name}?`}
      action={action === 'disable' ? 'Disable the key' : 'Enable the key'}
      isBusy={isPending}
      error={error}
      command={() => curl('post', `/v1/api-keys/{id}/${action}`, { path: { id } })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>
        {action === 'disable'
          ? 'Calls with it get 401 “API key is disabled” from now on, until somebody enables it. Nothing else about it changes.'
          : 'Calls with it are let in again from now on, with the scopes and restrictions that it has.'}
      </Text>
    </ConfirmDialog>
  );
}
