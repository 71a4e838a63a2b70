import { Button, PasswordInput, Stack } from '@mantine/core';
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

const REMEDY = 'These links work once, for 30 minutes. Ask for a new one under “Forgot your password?”.';

export default function ResetPasswordScreen(): ReactNode {
  const token = useLinkToken();
  const [, navigate] = useLocation();
  const renewSession = useRenewSession();
  const form = useForm({ mode: 'uncontrolled', initialValues: { password: '' } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ password }: typeof form.values) => take(api.POST('/v1/auth/reset-password', { body: { token, password } })),
    onSuccess: async () => {
      tellOtherTabs('signed-out');
      navigate(paths.home, { replace: true });
      await renewSession();
      notifications.show({ message: 'The password is changed. Sign in with it.' });
    },
    onError: (failure) => showFaults(form, failure),
  });
  if (!token) return <DeadLink reason={INCOMPLETE} remedy={REMEDY} />;
  if (isDeadLink(error)) return <DeadLink reason={USED} remedy={REMEDY} />;
  return (
    <OpenScreen title="Choose a new password" lead="It signs you out everywhere.">
      <form noValidate onSubmit={form.onSubmit((values) => mutate(values))}>
        <Stack gap="md">
          <PasswordInput
            label="New password"
            description="At least 12 characters. A few random words are a good choice."
            autoComplete="new-password"
            minLength={12}
            required
            autoFocus
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <FormError form={form} error={error} />
          <Button type="submit" loading={isPending} fullWidth>
            Save the password
          </Button>
        </Stack>
      </form>
    </OpenScreen>
  );
}
