import { Button, Menu, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Shapes, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { api, curl, type Schemas, take, useCursorPages, useRoles } from '../api';
import {
  Allowed,
  type Column,
  ConfirmDialog,
  CopyAsCurl,
  CopyAsCurlItem,
  DataTable,
  EmptyState,
  PageHeader,
  RowMenu,
  StatusBadge,
} from '../components';
import { useSession } from '../session';
import { RoleForm } from './roles/role-form';

type Role = Schemas['RoleView'];

const TITLE = 'Roles';
const PAGE = 50;

const RolesScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="role.read">
    <Roles />
  </Allowed>
);
export default RolesScreen;

function Roles(): ReactNode {
  const { may } = useSession();
  const { nameOf } = useRoles();
  const [isMaking, setMaking] = useState(false);
  const pages = useCursorPages<Role>(['roles', 'list'], (cursor, signal) =>
    take(api.GET('/v1/roles', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const columns: ReadonlyArray<Column<Role>> = [
    {
      key: 'name',
      title: 'Role',
      cell: ({ id, description, builtIn }) => (
        <>
          <Text fw={550} className="break">
            {nameOf(id)} {builtIn && <StatusBadge tone="quiet">built in</StatusBadge>}
          </Text>
          <Text fz="sm" c="dimmed" className="break">
            {description}
          </Text>
        </>
      ),
    },
    {
      key: 'scopes',
      title: 'May',
      cell: ({ scopes }) => (
        <Text fz="sm" ff="monospace" className="break">
          {scopes.length > 0 ? scopes.join(', ') : 'nothing'}
        </Text>
      ),
    },
    {
      key: 'actions',
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      width: 48,
      cell: (role) => (role.builtIn ? null : <RoleActions role={role} />),
    },
  ];
  return (
    <>
      <PageHeader
        title={TITLE}
        description="What members and service accounts may do. Built-in roles are the same everywhere; others are yours."
      >
        <CopyAsCurl command={() => curl('get', '/v1/roles', { query: { limit: PAGE } })} />
        {may('role.create') && (
          <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setMaking(true)}>
            New role
          </Button>
        )}
      </PageHeader>
      <DataTable
        label={TITLE}
        columns={columns}
        pages={pages}
        rowKey={({ id }) => id}
        empty={<EmptyState icon={<Shapes size={20} />} title="There is no role" />}
      />
      {isMaking && <RoleForm onClose={() => setMaking(false)} />}
    </>
  );
}

function RoleActions({ role }: { readonly role: Role }): ReactNode {
  const { may } = useSession();
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const close = (): void => setOpen(null);
  if (!may('role.update') && !may('role.delete')) return null;
  return (
    <>
      <RowMenu label={`Actions for ${role.name}`}>
        {may('role.update') && (
          <Menu.Item leftSection={<Pencil size={15} aria-hidden />} onClick={() => setOpen('edit')}>
            Change
          </Menu.Item>
        )}
        <CopyAsCurlItem command={() => curl('get', '/v1/roles/{id}', { path: { id: role.id } })} />
        {may('role.delete') && (
          <Menu.Item color="red" leftSection={<Trash2 size={15} aria-hidden />} onClick={() => setOpen('delete')}>
            Delete
          </Menu.Item>
        )}
      </RowMenu>
      {open === 'edit' && <RoleForm role={role} onClose={close} />}
      {open === 'delete' && <DeleteRole role={role} onClose={close} />}
    </>
  );
}

function DeleteRole({ role: { id, name }, onClose }: { readonly role: Role; readonly onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.DELETE('/v1/roles/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `The role ${name} is deleted.` });
      await client.invalidateQueries({ queryKey: ['roles'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`Delete the role ${name}?`}
      action="Delete the role"
      isDanger
      isBusy={isPending}
      error={error}
      command={() => curl('delete', '/v1/roles/{id}', { path: { id } })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>It can be deleted once nobody has it: no member, no service account, no open invitation.</Text>
    </ConfirmDialog>
  );
}
