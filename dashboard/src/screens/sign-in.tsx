import { Anchor, Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';

import { api, take } from '../api';
import { FormError, showFaults } from '../components';
import { labels } from '../options';
import { paths } from '../paths';
import { tellOtherTabs, useRenewSession } from '../session';

/** Stands at the address of any screen that needs a session; the screen follows. */
export default function SignInScreen(): ReactNode {
  const renewSession = useRenewSession();
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ email, password }: typeof form.values) =>
      take(api.POST('/v1/auth/login', { body: { email: email.trim(), password, transport: 'cookie' } })),
    onSuccess: async () => {
      tellOtherTabs('signed-in');
      await renewSession();
    },
    onError: (failure) => showFaults(form, failure),
  });
  useEffect(() => {
    document.title = `Sign in · ${labels.product}`;
  }, []);
  return (
    <form onSubmit={form.onSubmit((values) => mutate(values))} noValidate>
      <Stack gap="md">
        <Title order={1} ta="center">
          Sign in
        </Title>
        <FormError form={form} error={error} />
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          required
          autoFocus
          key={form.key('email')}
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={isPending} fullWidth>
          Sign in
        </Button>
        <Anchor component={Link} href={paths.forgotPassword} ta="center" fz="sm">
          Forgot your password?
        </Anchor>
      </Stack>
    </form>
  );
}
