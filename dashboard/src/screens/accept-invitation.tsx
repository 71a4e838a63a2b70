import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';

import { api, take } from '../api';
import { FormError, showFaults } from '../components';
import { paths } from '../paths';
import { tellOtherTabs, useRenewSession } from '../session';
import { DeadLink, INCOMPLETE, isDeadLink, USED, useLinkToken } from './open/one-time-link';
import { OpenScreen } from './open/open-screen';

const REMEDY = 'Ask whoever invited you for a new one.';

export default function AcceptInvitationScreen(): ReactNode {
  const token = useLinkToken();
  const [, navigate] = useLocation();
  const renewSession = useRenewSession();
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', password: '' } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ name, password }: typeof form.values) =>
      take(
        api.POST('/v1/invitations/accept', {
          body: { token, password, transport: 'cookie', ...(name.trim() ? { name: name.trim() } : {}) },
        }),
      ),
    onSuccess: async () => {
      tellOtherTabs('signed-in');
      navigate(paths.home, { replace: true });
      await renewSession();
      notifications.show({ message: 'Welcome. You are signed in.' });
    },
    onError: (failure) => showFaults(form, failure),
  });
  if (!token) return <DeadLink reason={INCOMPLETE} remedy={REMEDY} />;
  if (isDeadLink(error)) return <DeadLink reason={USED} remedy={REMEDY} />;
  return (
    <OpenScreen title="Accept the invitation">
      <form noValidate onSubmit={form.onSubmit((values) => mutate(values))}>
        <Stack gap="md">
          <TextInput
            label="Your name"
            description="Not needed if you have an account here already."
            autoComplete="name"
            maxLength={100}
            autoFocus
            key={form.key('name')}
            {...form.getInputProps('name')}
          />
          <PasswordInput
            label="Password"
            description="A new one of at least 12 characters or, if you have an account here already, the one you sign in with."
            autoComplete="new-password"
            required
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <FormError form={form} error={error} />
          <Button type="submit" loading={isPending} fullWidth>
            Accept and sign in
          </Button>
        </Stack>
      </form>
    </OpenScreen>
  );
}
