import { Button, Group, NativeSelect, Radio, Skeleton, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';

import { api, curl, forgetIdempotency, idempotencyHeader, take, useOwners } from '../api';
import { CopyAsCurl, FormError, PageHeader, Panel, showFaults } from '../components';
import { hasScopes, hasTestKeys, hostSignIn, keyOwner, labels } from '../options';
import { paths } from '../paths';
import { useSession } from '../session';
import { useShowSecret } from '../shell/issued-secret';
import { earliestDay, expiryChoices } from './keys/expiry';
import { bodyOf, KEY_FORM_RULES, type KeyForm, type KeyFormValues, prefilled } from './new-key/key-form';
import ScopePicker from './new-key/scope-picker';

const Restrictions = lazy(() => import('./new-key/restrictions'));

export default function NewKeyScreen(): ReactNode {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const showSecret = useShowSecret();
  const { organizationId } = useSession();
  const form = useForm<KeyFormValues>({ initialValues: initially(search, organizationId), validate: KEY_FORM_RULES });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: ReturnType<typeof bodyOf>) =>
      take(api.POST('/v1/api-keys', { params: { header: idempotencyHeader('create key', body) }, body })),
    onSuccess: async (issued) => {
      forgetIdempotency();
      // Neither a reload nor a step back through the history comes here again.
      navigate(paths.key(issued.id), { replace: true });
      showSecret({ issued, isNewKey: true });
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <>
      <PageHeader title={labels.createKey} />
      <form noValidate onSubmit={form.onSubmit((values) => mutate(bodyOf(values)))}>
        <Stack gap="lg" maw={760}>
          <Basics form={form} />
          {hasScopes && (
            <Panel title="Scopes">
              <ScopePicker
                value={form.values.scopes}
                error={form.errors['scopes']}
                onChange={(scopes) => form.setFieldValue('scopes', scopes)}
              />
            </Panel>
          )}
          <Suspense fallback={<Skeleton height={420} radius="lg" />}>
            <Restrictions form={form} />
          </Suspense>
          <Lifetime form={form} />
          <FormError form={form} error={error} />
          <Group justify="space-between">
            <CopyAsCurl command={() => curl('post', '/v1/api-keys', { body: bodyOf(form.getValues()) })} />
            <Group gap="xs" ml="auto">
              <Button component={Link} href={paths.keys} variant="default">
                Cancel
              </Button>
              <Button type="submit" loading={isPending}>
                {labels.createKey}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </>
  );
}

/** What the address says, except where this system leaves no choice. */
const initially = (search: URLSearchParams, organizationId: string): KeyFormValues => ({
  ...prefilled(search),
  ...(hasScopes ? {} : { scopes: ['*'] }),
  ...(hasTestKeys ? {} : { environment: 'live' }),
  ...(keyOwner === 'organization' ? { owner: `organization:${organizationId}` } : {}),
});

const Basics = ({ form }: { readonly form: KeyForm }): ReactNode => (
  <Panel>
    <Stack>
      <TextInput
        label="Name"
        description="Your choice. Best is the program that will use it: “billing, production”."
        maxLength={100}
        autoComplete="off"
        required
        autoFocus
        {...form.getInputProps('name')}
      />
      {hasTestKeys && (
        <Radio.Group label="Environment" description="Use separate keys per environment." {...form.getInputProps('environment')}>
          <Group mt={6} gap="lg">
            <Radio value="live" label="Live" description={labels.liveKeys} />
            <Radio value="test" label="Test" description={labels.testKeys} />
          </Group>
        </Radio.Group>
      )}
      <Textarea label="Description" description="Optional." autosize minRows={1} maxLength={500} {...form.getInputProps('description')} />
    </Stack>
  </Panel>
);

function Lifetime({ form }: { readonly form: KeyForm }): ReactNode {
  const { organization, may, person } = useSession();
  const { owners } = useOwners();
  const { expiresAt, owner } = form.values;
  const choices = expiryChoices().filter(({ value }) => value !== 'never' || !organization?.keyExpiryRequired);
  const isHost = hostSignIn !== undefined;
  const isPersons = owner === '' || owner.startsWith('user:');
  const showsOwner = !isHost && may('member.read');
  return (
    <Panel title={isHost ? 'Lifetime' : 'Lifetime and owner'}>
      <Stack>
        <NativeSelect label="Expires" description="Rotate keys every 90 days." data={[...choices]} {...form.getInputProps('expiresAt')} />
        {expiresAt === 'day' && <TextInput type="date" label="Last day" min={earliestDay()} {...form.getInputProps('lastDay')} />}
        {showsOwner && (
          <NativeSelect
            label="Owner"
            description="A key of a person never does more than that person may now."
            data={[
              { value: '', label: `${person.name} (you)` },
              ...owners
                .filter(({ id }) => id !== person.id)
                .map(({ type, id, name }) => ({ value: `${type}:${id}`, label: `${name} — ${KINDS[type]}` })),
            ]}
            {...form.getInputProps('owner')}
          />
        )}
        {!isHost && isPersons && (
          <NativeSelect
            label="When the owner leaves"
            data={[
              { value: 'revoke', label: 'the key is revoked' },
              { value: 'transfer', label: 'the key goes to the organization' },
            ]}
            {...form.getInputProps('onOwnerRemoved')}
          />
        )}
      </Stack>
    </Panel>
  );
}

const KINDS = { user: 'person', service_account: 'service account', organization: 'organization' } as const;
