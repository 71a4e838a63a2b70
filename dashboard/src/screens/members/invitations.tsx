import { Menu, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { MailX } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { api, curl, take, useCursorPages, useRoles } from '../../api';
import { type Column, ConfirmDialog, CopyAsCurlItem, DataTable, RowMenu, StatusBadge, Time, type Tone } from '../../components';
import { useSession } from '../../session';
import type { Invitation } from './member';

const PAGE = 20;
const TONES: Readonly<Record<Invitation['status'], Tone>> = { open: 'warn', accepted: 'good', revoked: 'quiet', expired: 'quiet' };

/** Who was invited, and what came of it. */
export function Invitations(): ReactNode {
  const { may } = useSession();
  const { nameOf } = useRoles();
  const pages = useCursorPages<Invitation>(['invitations'], (cursor, signal) =>
    take(api.GET('/v1/invitations', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const columns: ReadonlyArray<Column<Invitation>> = [
    { key: 'email', title: 'Whom', cell: ({ email }) => <span className="break">{email}</span> },
    { key: 'status', title: 'Status', cell: ({ status }) => <StatusBadge tone={TONES[status]}>{status}</StatusBadge> },
    { key: 'role', title: 'Role', cell: ({ role }) => nameOf(role) },
    { key: 'made', title: 'Invited', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { key: 'expires', title: 'Link good until', cell: ({ expiresAt }) => <Time at={expiresAt} as="day" /> },
    ...(may('member.invite')
      ? [
          {
            key: 'actions',
            title: 'Actions',
            isTitleHidden: true,
            align: 'right',
            width: 48,
            cell: (invitation) => (invitation.status === 'open' ? <InvitationActions invitation={invitation} /> : null),
          } as Column<Invitation>,
        ]
      : []),
  ];
  return (
    <DataTable
      label="Invitations"
      columns={columns}
      pages={pages}
      rowKey={({ id }) => id}
      isRowQuiet={({ status }) => status === 'revoked' || status === 'expired'}
      empty={<Text c="dimmed">Nobody has been invited yet.</Text>}
    />
  );
}

function InvitationActions({ invitation: { id, email } }: { readonly invitation: Invitation }): ReactNode {
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.DELETE('/v1/invitations/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      setOpen(false);
      notifications.show({ message: `The invitation of ${email} is taken back.` });
      await client.invalidateQueries({ queryKey: ['invitations'] });
    },
  });
  const command = (): string => curl('delete', '/v1/invitations/{id}', { path: { id } });
  return (
    <>
      <RowMenu label={`Actions for ${email}`}>
        <Menu.Item color="red" leftSection={<MailX size={15} aria-hidden />} onClick={() => setOpen(true)}>
          Take back
        </Menu.Item>
        <CopyAsCurlItem command={command} />
      </RowMenu>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Take the invitation of ${email} back?`}
        action="Take it back"
        isDanger
        isBusy={isPending}
        error={error}
        command={command}
        onConfirm={() => mutate()}
        onClose={() => setOpen(false)}
      >
        <Text>Its link stops working at once. You can invite them again.</Text>
      </ConfirmDialog>
    </>
  );
}
