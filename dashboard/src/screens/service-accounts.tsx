import { Anchor, Button, Menu, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Bot, KeyRound, Pause, Pencil, Play, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';

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
  Time,
} from '../components';
import { paths, withQuery } from '../paths';
import { useSession } from '../session';
import { AccountForm } from './service-accounts/account-form';

type ServiceAccount = Schemas['ServiceAccountView'];

const TITLE = 'Service accounts';
const PAGE = 50;

const ServiceAccountsScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="service_account.read">
    <ServiceAccounts />
  </Allowed>
);
export default ServiceAccountsScreen;

function ServiceAccounts(): ReactNode {
  const { may } = useSession();
  const { nameOf } = useRoles();
  const [isMaking, setMaking] = useState(false);
  const pages = useCursorPages<ServiceAccount>(['service-accounts', 'list'], (cursor, signal) =>
    take(api.GET('/v1/service-accounts', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const make = may('service_account.create') && (
    <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setMaking(true)}>
      New service account
    </Button>
  );
  const columns: ReadonlyArray<Column<ServiceAccount>> = [
    {
      key: 'name',
      title: 'Name',
      cell: ({ id, name, description }) => (
        <>
          {may('api_key.read') ? (
            <Anchor component={Link} href={withQuery(paths.keys, { owner: id })} fw={550} c="var(--mantine-color-text)" className="break">
              {name}
            </Anchor>
          ) : (
            <Text fw={550} className="break">
              {name}
            </Text>
          )}
          <Text fz="sm" c="dimmed" className="break">
            {description}
          </Text>
        </>
      ),
    },
    {
      key: 'status',
      title: 'Status',
      cell: ({ disabled }) => <StatusBadge tone={disabled ? 'warn' : 'good'}>{disabled ? 'disabled' : 'active'}</StatusBadge>,
    },
    { key: 'role', title: 'Role', cell: ({ role }) => nameOf(role) },
    { key: 'since', title: 'Since', cell: ({ createdAt }) => <Time at={createdAt} as="day" /> },
    {
      key: 'actions',
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      width: 48,
      cell: (account) => <AccountActions account={account} />,
    },
  ];
  return (
    <>
      <PageHeader title={TITLE} description="Owners of keys that outlive people: one for each program or team.">
        <CopyAsCurl command={() => curl('get', '/v1/service-accounts', { query: { limit: PAGE } })} />
        {make}
      </PageHeader>
      <DataTable
        label={TITLE}
        columns={columns}
        pages={pages}
        rowKey={({ id }) => id}
        isRowQuiet={({ disabled }) => disabled}
        empty={
          <EmptyState icon={<Bot size={20} />} title="No service account yet" action={make || undefined}>
            Give keys of programs to a service account, and they go on when their maker leaves.
          </EmptyState>
        }
      />
      {isMaking && <AccountForm onClose={() => setMaking(false)} />}
    </>
  );
}

function AccountActions({ account }: { readonly account: ServiceAccount }): ReactNode {
  const { may } = useSession();
  const [open, setOpen] = useState<'edit' | 'switch' | 'delete' | null>(null);
  const close = (): void => setOpen(null);
  return (
    <>
      <RowMenu label={`Actions for ${account.name}`}>
        {may('api_key.read') && (
          <Menu.Item component={Link} href={withQuery(paths.keys, { owner: account.id })} leftSection={<KeyRound size={15} aria-hidden />}>
            Its keys
          </Menu.Item>
        )}
        {may('service_account.update') && (
          <>
            <Menu.Item leftSection={<Pencil size={15} aria-hidden />} onClick={() => setOpen('edit')}>
              Change
            </Menu.Item>
            <Menu.Item
              leftSection={account.disabled ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
              onClick={() => setOpen('switch')}
            >
              {account.disabled ? 'Enable' : 'Disable'}
            </Menu.Item>
          </>
        )}
        <CopyAsCurlItem command={() => curl('get', '/v1/service-accounts/{id}', { path: { id: account.id } })} />
        {may('service_account.delete') && (
          <Menu.Item color="red" leftSection={<Trash2 size={15} aria-hidden />} onClick={() => setOpen('delete')}>
            Delete
          </Menu.Item>
        )}
      </RowMenu>
      {open === 'edit' && <AccountForm account={account} onClose={close} />}
      {open === 'switch' && <SwitchAccount account={account} onClose={close} />}
      {open === 'delete' && <DeleteAccount account={account} onClose={close} />}
    </>
  );
}

interface DialogProps {
  readonly account: ServiceAccount;
  readonly onClose: () => void;
}

function SwitchAccount({ account: { id, name, disabled }, onClose }: DialogProps): ReactNode {
  const client = useQueryClient();
  const body = { disabled: !disabled };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.PATCH('/v1/service-accounts/{id}', { params: { path: { id } }, body })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${name} is ${disabled ? 'enabled' : 'disabled'}.` });
      await client.invalidateQueries({ queryKey: ['service-accounts'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={disabled ? `Enable ${name}?` : `Disable ${name}?`}
      action={disabled ? 'Enable' : 'Disable'}
      isDanger={!disabled}
      isBusy={isPending}
      error={error}
      command={() => curl('patch', '/v1/service-accounts/{id}', { path: { id }, body })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>
        {disabled ? 'Its keys work again.' : 'Its keys are refused, at once and on every replica, until somebody enables it again.'}
      </Text>
    </ConfirmDialog>
  );
}

function DeleteAccount({ account: { id, name }, onClose }: DialogProps): ReactNode {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.DELETE('/v1/service-accounts/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: `${name} is deleted.` });
      await Promise.all([client.invalidateQueries({ queryKey: ['service-accounts'] }), client.invalidateQueries({ queryKey: ['keys'] })]);
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`Delete ${name}?`}
      action="Delete the account"
      isDanger
      isBusy={isPending}
      error={error}
      command={() => curl('delete', '/v1/service-accounts/{id}', { path: { id } })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>Each of its keys is revoked, or goes to the organization, as the key itself says. This cannot be undone.</Text>
    </ConfirmDialog>
  );
}
