import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';

import { api, Failure, take } from '../api';
import { FormError, showFaults } from '../components';
import { labels } from '../options';
import { paths } from '../paths';
import { tellOtherTabs, useRenewSession } from '../session';
import { DeadLink, INCOMPLETE, isDeadLink, USED, useLinkToken } from './open/one-time-link';
import { OpenScreen } from './open/open-screen';

const REMEDY = 'Setup links work once, for 30 minutes. Starting the service prints a new one, and so does: npx keystile setup-link';

/** Behind the link that the first start prints: the owner, the organization, and on to the first key. */
export default function SetupScreen(): ReactNode {
  const token = useLinkToken();
  const [, navigate] = useLocation();
  const renewSession = useRenewSession();
  const form = useForm({ mode: 'uncontrolled', initialValues: { organizationName: '', name: '', email: '', password: '' } });
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ organizationName, name, email, password }: typeof form.values) =>
      take(
        api.POST('/v1/setup', {
          body: { token, organizationName: organizationName.trim(), name: name.trim(), email: email.trim(), password, transport: 'cookie' },
        }),
      ),
    onSuccess: async () => {
      tellOtherTabs('signed-in');
      navigate(`${paths.newKey}?name=${encodeURIComponent('My first key')}`, { replace: true });
      await renewSession();
    },
    onError: (failure) => showFaults(form, failure),
  });
  if (!token) return <DeadLink reason={INCOMPLETE} remedy={REMEDY} />;
  if (isDeadLink(error)) {
    const isSetUp = error instanceof Failure && error.code === 'not_found';
    return <DeadLink reason={isSetUp ? 'This installation has been set up already.' : USED} remedy={isSetUp ? '' : REMEDY} />;
  }
  const field = (name: keyof typeof form.values) => ({ key: form.key(name), ...form.getInputProps(name) });
  return (
    <OpenScreen
      title={`Set up ${labels.product}`}
      lead="You become the owner of this installation and of its first organization. The next step is your first API key."
    >
      <form noValidate onSubmit={form.onSubmit((values) => mutate(values))}>
        <Stack gap="md">
          <TextInput
            {...field('organizationName')}
            label="Organization"
            description="The company or team that the keys belong to."
            autoComplete="organization"
            maxLength={100}
            required
            autoFocus
          />
          <TextInput {...field('name')} label="Your name" autoComplete="name" maxLength={100} required />
          <TextInput
            {...field('email')}
            label="E-mail address"
            description="You sign in with it."
            type="email"
            autoComplete="username"
            required
          />
          <PasswordInput
            {...field('password')}
            label="Password"
            description="At least 12 characters. A few random words are a good choice."
            autoComplete="new-password"
            minLength={12}
            required
          />
          <FormError form={form} error={error} />
          <Button type="submit" loading={isPending} fullWidth>
            Set up and create the first key
          </Button>
        </Stack>
      </form>
    </OpenScreen>
  );
}
