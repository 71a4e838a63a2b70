import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, take } from '../api';
import { Code, FormError, showFaults } from '../components';
import { OpenScreen, ToSignIn } from './open/open-screen';

export default function ForgotPasswordScreen(): ReactNode {
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '' } });
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: ({ email }: typeof form.values) => take(api.POST('/v1/auth/forgot-password', { body: { email: email.trim() } })),
    onError: (failure) => showFaults(form, failure),
  });
  if (isSuccess) return <LinkRequested />;
  return (
    <OpenScreen title="Forgot your password?" lead="We mail you a link that works once, for 30 minutes.">
      <form noValidate onSubmit={form.onSubmit((values) => mutate(values))}>
        <Stack gap="md">
          <TextInput
            label="E-mail address"
            type="email"
            autoComplete="username"
            required
            autoFocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <FormError form={form} error={error} />
          <Button type="submit" loading={isPending} fullWidth>
            Send the link
          </Button>
          <ToSignIn>Back to sign in</ToSignIn>
        </Stack>
      </form>
    </OpenScreen>
  );
}

const LinkRequested = (): ReactNode => (
  <OpenScreen title="Look into your mailbox">
    <Text role="status">If there is an account with this address, a link is on its way. It works once, for 30 minutes.</Text>
    <Text c="dimmed">
      Nothing arrives? This installation may not send mail. Whoever runs it gets a link from{' '}
      <Code>{'npx keystile reset-link <e-mail address>'}</Code>
    </Text>
    <ToSignIn>Back to sign in</ToSignIn>
  </OpenScreen>
);
