import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, idempotencyHeader, type Schemas, take } from '../../api';
import { ConfirmDialog, showFaults } from '../../components';
import ScopePicker from '../new-key/scope-picker';

/** Makes a role, or changes one. @param role absent for a new one */
export function RoleForm({ role, onClose }: { readonly role?: Schemas['RoleView']; readonly onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: role?.name ?? '', description: role?.description ?? '', scopes: role?.scopes ?? [] },
  });
  const body = { ...form.values, name: form.values.name.trim() };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      role
        ? take(api.PATCH('/v1/roles/{id}', { params: { path: { id: role.id } }, body }))
        : take(api.POST('/v1/roles', { body, headers: idempotencyHeader('role', body) })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `The role ${body.name} is ${role ? 'changed' : 'made'}.` });
      await client.invalidateQueries({ queryKey: ['roles'] });
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <ConfirmDialog
      isOpen
      title={role ? `Change the role ${role.name}` : 'New role'}
      action={role ? 'Change the role' : 'Make the role'}
      isBlocked={body.name === ''}
      isBusy={isPending}
      error={error}
      command={() => (role ? curl('patch', '/v1/roles/{id}', { path: { id: role.id }, body }) : curl('post', '/v1/roles', { body }))}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <TextInput label="Name" required maxLength={100} data-autofocus {...form.getInputProps('name')} />
      <TextInput label="Description" maxLength={500} {...form.getInputProps('description')} />
      <ScopePicker
        holder="role"
        value={form.values.scopes}
        error={form.errors['scopes']}
        onChange={(scopes) => form.setFieldValue('scopes', [...scopes])}
      />
    </ConfirmDialog>
  );
}
