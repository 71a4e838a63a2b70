import { Button, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';

import { api, curl, type Schemas, take, useCursorPages } from '../api';
import {
  type Column,
  ConfirmDialog,
  CopyAsCurl,
  DataTable,
  FormError,
  PageHeader,
  Panel,
  showFaults,
  StatusBadge,
  Time,
} from '../components';
import { paths } from '../paths';
import { tellOtherTabs, useRenewSession, useSession } from '../session';

type SessionRow = Schemas['SessionView'];

export default function AccountScreen(): ReactNode {
  const { person } = useSession();
  return (
    <>
      <PageHeader title="Your account" description={person.email} />
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <NamePanel />
          <PasswordPanel />
        </SimpleGrid>
        <Panel title="Sessions">
          <Sessions />
        </Panel>
        <DeletePanel />
      </Stack>
    </>
  );
}

function NamePanel(): ReactNode {
  const { person } = useSession();
  const client = useQueryClient();
  const form = useForm({ initialValues: { name: person.name } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.PATCH('/v1/users/me', { body: { name: form.values.name.trim() } })),
    onSuccess: async () => {
      notifications.show({ message: 'Your name is changed.' });
      await client.invalidateQueries({ queryKey: ['session'] });
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <Panel title="Name">
      <form noValidate onSubmit={form.onSubmit(() => mutate())}>
        <Stack gap="md">
          <TextInput label="Your name" autoComplete="name" maxLength={100} required {...form.getInputProps('name')} />
          <FormError form={form} error={error} />
          <Group justify="flex-end">
            <CopyAsCurl command={() => curl('patch', '/v1/users/me', { body: { name: form.getValues().name.trim() } })} />
            <Button type="submit" variant="default" loading={isPending} disabled={form.values.name.trim() === person.name}>
              Save the name
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function PasswordPanel(): ReactNode {
  const client = useQueryClient();
  const form = useForm({ mode: 'uncontrolled', initialValues: { currentPassword: '', newPassword: '' } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: typeof form.values) => take(api.POST('/v1/users/me/password', { body })),
    onSuccess: async () => {
      form.reset();
      notifications.show({ message: 'The password is changed. Your other sessions have ended.' });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <Panel title="Password">
      <form noValidate onSubmit={form.onSubmit((values) => mutate(values))}>
        <Stack gap="md">
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            key={form.key('currentPassword')}
            {...form.getInputProps('currentPassword')}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters. Your other sessions end."
            autoComplete="new-password"
            minLength={12}
            required
            key={form.key('newPassword')}
            {...form.getInputProps('newPassword')}
          />
          <FormError form={form} error={error} />
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={isPending}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function Sessions(): ReactNode {
  const client = useQueryClient();
  const pages = useCursorPages(['sessions'], (cursor, signal) =>
    take(api.GET('/v1/users/me/sessions', { params: { query: cursor ? { cursor } : {} }, signal })),
  );
  const { mutate, isPending } = useMutation({
    mutationFn: (id: string) => take(api.DELETE('/v1/users/me/sessions/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      notifications.show({ message: 'The session has ended.' });
      await client.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: (failure) => notifications.show({ color: 'red', title: failure.message, message: 'The session goes on.' }),
  });
  const columns: ReadonlyArray<Column<SessionRow>> = [
    {
      key: 'program',
      title: 'Browser',
      cell: ({ userAgent, current }) => (
        <Group gap={8}>
          <Text className="break">{browserOf(userAgent)}</Text>
          {current && <StatusBadge tone="good">This one</StatusBadge>}
        </Group>
      ),
    },
    { key: 'ip', title: 'Signed in from', cell: ({ ip }) => ip },
    { key: 'began', title: 'Signed in', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { key: 'used', title: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    { key: 'ends', title: 'Ends', cell: ({ expiresAt }) => <Time at={expiresAt} as="day" /> },
    {
      key: 'end',
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      cell: ({ id, current, userAgent }) =>
        !current && (
          <Button
            variant="default"
            size="compact-sm"
            disabled={isPending}
            aria-label={`End the session in ${browserOf(userAgent)}`}
            onClick={() => mutate(id)}
          >
            End
          </Button>
        ),
    },
  ];
  return <DataTable label="Sessions" columns={columns} pages={pages} rowKey={({ id }) => id} empty={null} />;
}

function DeletePanel(): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const renewSession = useRenewSession();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.DELETE('/v1/users/me', { body: { password } })),
    onSuccess: async () => {
      tellOtherTabs('signed-out');
      navigate(paths.home);
      await renewSession();
      notifications.show({ message: 'Your account is deleted.' });
    },
  });
  return (
    <Panel title="Delete the account">
      <Group justify="space-between">
        <Text c="dimmed">Your keys stop working at once. What you did stays in the log.</Text>
        <Button color="red" variant="light" onClick={() => setIsOpen(true)}>
          Delete your account …
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isOpen}
        title="Delete your account?"
        action="Delete the account"
        isDanger
        isBlocked={password === ''}
        isBusy={isPending}
        error={error}
        command={() => curl('delete', '/v1/users/me', { body: { password: '…' } })}
        onConfirm={() => mutate()}
        onClose={() => setIsOpen(false)}
      >
        <Text>You are signed out everywhere, and every key that is yours is revoked, at once and for ever.</Text>
        <PasswordInput
          label="Your password, once more"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </Panel>
  );
}

const BROWSERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(?:e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: ReadonlyArray<readonly [RegExp, string]> = [
  [/Windows/, 'Windows'],
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** `Firefox on macOS`, or the beginning of what the program calls itself. */
function browserOf(userAgent: string | null): string {
  if (!userAgent) return 'Unknown program';
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return browser && system ? `${browser} on ${system}` : userAgent.slice(0, 60);
}
