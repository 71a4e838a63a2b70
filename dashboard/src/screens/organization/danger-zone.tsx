import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, curl, type Organization, take } from '../../api';
import { ConfirmDialog, Panel } from '../../components';
import { tellOtherTabs, useRenewSession, useSession } from '../../session';

/** What stops everything at once. */
export function DangerZone({ organization }: { readonly organization: Organization }): ReactNode {
  const { may, person } = useSession();
  const [open, setOpen] = useState<'suspend' | 'delete' | null>(null);
  const close = (): void => setOpen(null);
  const isSuspended = organization.status === 'suspended';
  return (
    <Panel title="Danger zone">
      <Stack gap="md">
        {person.operator && (
          <Action
            words={
              isSuspended
                ? 'Its people and keys are refused.'
                : 'Refuses its people and keys until an operator restores it. Nothing is lost.'
            }
            action={isSuspended ? 'Restore the organization' : 'Suspend the organization'}
            onClick={() => setOpen('suspend')}
          />
        )}
        {may('organization.delete') && (
          <Action
            words="Ends all of its keys and signs everybody out. Its records stay, for the operator of the installation."
            action="Delete the organization"
            onClick={() => setOpen('delete')}
          />
        )}
      </Stack>
      {open === 'suspend' && <SuspendDialog organization={organization} onClose={close} />}
      {open === 'delete' && <DeleteDialog organization={organization} onClose={close} />}
    </Panel>
  );
}

const Action = ({
  words,
  action,
  onClick,
}: {
  readonly words: string;
  readonly action: string;
  readonly onClick: () => void;
}): ReactNode => (
  <Group justify="space-between">
    <Text c="dimmed" maw={560}>
      {words}
    </Text>
    <Button variant="default" c="var(--ks-bad)" onClick={onClick}>
      {action}
    </Button>
  </Group>
);

interface DialogProps {
  readonly organization: Organization;
  readonly onClose: () => void;
}

function SuspendDialog({ organization: { id, name, status }, onClose }: DialogProps): ReactNode {
  const client = useQueryClient();
  const isSuspended = status === 'suspended';
  const body = { status: isSuspended ? 'active' : 'suspended' } as const;
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.PATCH('/v1/organizations/{id}', { params: { path: { id } }, body })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${name} is ${isSuspended ? 'restored' : 'suspended'}.` });
      await client.invalidateQueries({ queryKey: ['organizations'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={isSuspended ? `Restore ${name}?` : `Suspend ${name}?`}
      action={isSuspended ? 'Restore' : 'Suspend'}
      isDanger={!isSuspended}
      isBusy={isPending}
      error={error}
      command={() => curl('patch', '/v1/organizations/{id}', { path: { id }, body })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>
        {isSuspended ? 'Its people and keys are let in again.' : 'All of its people and keys are refused, at once and on every replica.'}
      </Text>
    </ConfirmDialog>
  );
}

function DeleteDialog({ organization: { id, name }, onClose }: DialogProps): ReactNode {
  const renewSession = useRenewSession();
  const [typed, setTyped] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.DELETE('/v1/organizations/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      tellOtherTabs('signed-out');
      await renewSession();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`Delete ${name}?`}
      action="Delete the organization"
      isDanger
      isBlocked={typed.trim() !== name}
      isBusy={isPending}
      error={error}
      command={() => curl('delete', '/v1/organizations/{id}', { path: { id } })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>Every key of {name} stops working, at once and for ever. You are signed out of it, and so is everybody else.</Text>
      <TextInput
        label={`Write the name of the organization to go on: ${name}`}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
