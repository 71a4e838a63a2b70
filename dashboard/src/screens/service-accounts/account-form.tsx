import { Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, idempotencyHeader, type Schemas, take } from '../../api';
import { ConfirmDialog, showFaults } from '../../components';
import { RoleSelect } from '../members/role-select';

/** Makes a service account, or changes one. @param account absent for a new one */
export function AccountForm({
  account,
  onClose,
}: {
  readonly account?: Schemas['ServiceAccountView'];
  readonly onClose: () => void;
}): ReactNode {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: account?.name ?? '', description: account?.description ?? '', role: account?.role ?? 'developer' },
  });
  const body = { ...form.values, name: form.values.name.trim() };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      account
        ? take(api.PATCH('/v1/service-accounts/{id}', { params: { path: { id: account.id } }, body }))
        : take(api.POST('/v1/service-accounts', { body, headers: idempotencyHeader('service account', body) })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${body.name} is ${account ? 'changed' : 'made'}.` });
      await client.invalidateQueries({ queryKey: ['service-accounts'] });
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <ConfirmDialog
      isOpen
      title={account ? `Change ${account.name}` : 'New service account'}
      action={account ? 'Change it' : 'Make the account'}
      isBlocked={body.name === ''}
      isBusy={isPending}
      error={error}
      command={() =>
        account
          ? curl('patch', '/v1/service-accounts/{id}', { path: { id: account.id }, body })
          : curl('post', '/v1/service-accounts', { body })
      }
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <TextInput label="Name" required maxLength={100} data-autofocus {...form.getInputProps('name')} />
      <TextInput label="Description" maxLength={500} {...form.getInputProps('description')} />
      <RoleSelect label="Role" value={form.values.role} error={form.errors['role']} onChange={(role) => form.setFieldValue('role', role)} />
      <Text fz="sm" c="dimmed">
        Its keys can never do more than this role.
      </Text>
    </ConfirmDialog>
  );
}
