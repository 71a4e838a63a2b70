import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, curl, take, useRoles } from '../../api';
import { ConfirmDialog } from '../../components';
import type { Member } from './member';
import { RoleSelect } from './role-select';

/** Another role, from the next call on; also for the keys that belong to the person. */
export function RoleDialog({
  member: { userId, name, role: present },
  onClose,
}: {
  readonly member: Member;
  readonly onClose: () => void;
}): ReactNode {
  const client = useQueryClient();
  const { nameOf } = useRoles();
  const [role, setRole] = useState(present);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.PATCH('/v1/members/{userId}', { params: { path: { userId } }, body: { role } })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${name} is ${nameOf(role)} from now on.` });
      await client.invalidateQueries({ queryKey: ['members'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`The role of ${name}`}
      action="Change the role"
      isBlocked={role === present}
      isBusy={isPending}
      error={error}
      command={() => curl('patch', '/v1/members/{userId}', { path: { userId }, body: { role } })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <RoleSelect label="Role" value={role} onChange={setRole} />
      <Text fz="sm" c="dimmed">
        It holds from the next call on, also for keys that belong to {name}: they never do more than their owner may.
      </Text>
    </ConfirmDialog>
  );
}
