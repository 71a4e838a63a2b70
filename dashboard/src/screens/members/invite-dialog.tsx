import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, curl, idempotencyHeader, type Schemas, take } from '../../api';
import { CodeBlock, CopyAsCurl, FormError, showFaults } from '../../components';
import { RoleSelect } from './role-select';

/** Asks whom, and as what; then shows the link, which works once and is shown once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [invitation, setInvitation] = useState<Schemas['CreatedInvitationView'] | null>(null);
  return (
    <Modal
      opened
      onClose={onClose}
      title={invitation ? `${invitation.email} is invited` : 'Invite somebody'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {invitation ? <Link invitation={invitation} onClose={onClose} /> : <InviteForm onInvited={setInvitation} onClose={onClose} />}
    </Modal>
  );
}

interface InviteFormProps {
  readonly onInvited: (invitation: Schemas['CreatedInvitationView']) => void;
  readonly onClose: () => void;
}

function InviteForm({ onInvited, onClose }: InviteFormProps): ReactNode {
  const client = useQueryClient();
  const form = useForm({ initialValues: { email: '', role: 'developer' } });
  const body = (): { email: string; role: string } => ({ email: form.getValues().email.trim(), role: form.getValues().role });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.POST('/v1/invitations', { body: body(), headers: idempotencyHeader('invitation', body()) })),
    onSuccess: async (invitation) => {
      onInvited(invitation);
      await client.invalidateQueries({ queryKey: ['invitations'] });
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <form noValidate onSubmit={form.onSubmit(() => mutate())}>
      <Stack gap="md">
        <TextInput type="email" label="E-mail address" autoComplete="off" required data-autofocus {...form.getInputProps('email')} />
        <RoleSelect
          label="Role"
          value={form.values.role}
          error={form.errors['role']}
          onChange={(role) => form.setFieldValue('role', role)}
        />
        <FormError form={form} error={error} />
        <Group justify="space-between">
          <CopyAsCurl command={() => curl('post', '/v1/invitations', { body: body() })} />
          <Group gap="xs">
            <Button type="button" variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending} disabled={form.values.email.trim() === ''}>
              Invite
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

const Link = ({
  invitation: { url, mailed },
  onClose,
}: {
  readonly invitation: Schemas['CreatedInvitationView'];
  readonly onClose: () => void;
}): ReactNode => (
  <Stack gap="md">
    <Text>
      {mailed ? 'The link has been mailed. You can hand it over by yourself as well:' : 'Hand this link over. It is shown only now:'}{' '}
      whoever has it can join, once.
    </Text>
    <CodeBlock label="Invitation link">{url}</CodeBlock>
    <Group justify="flex-end">
      <Button onClick={onClose}>Done</Button>
    </Group>
  </Stack>
);
