import { Button, Checkbox, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, type Organization, type Schemas, take } from '../../api';
import { CopyAsCurl, FormError, Panel, showFaults } from '../../components';

const DAY_SECONDS = 86_400;

/** What the form holds: days where the API counts seconds, `''` for no rule. */
interface Values {
  readonly name: string;
  readonly lifetimeDays: number | string;
  readonly keyExpiryRequired: boolean;
  readonly keyAllowlistRequired: boolean;
  readonly rateLimit: number | string;
  readonly rateWindowSeconds: number | string;
  readonly callLogRetentionDays: number | string;
  readonly usageRetentionDays: number | string;
}

/** The rules for new keys, and the terms of records. */
export function OrganizationForm({ organization }: { readonly organization: Organization }): ReactNode {
  const { id } = organization;
  const client = useQueryClient();
  const form = useForm<Values>({ initialValues: valuesOf(organization) });
  const body = bodyOf(form.values);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.PATCH('/v1/organizations/{id}', { params: { path: { id } }, body })),
    onSuccess: async () => {
      notifications.show({ message: 'Saved. New keys follow these rules from now on.' });
      await Promise.all(['organizations', 'session', 'retention'].map((noun) => client.invalidateQueries({ queryKey: [noun] })));
    },
    onError: (failure) => showFaults(form, failure),
  });
  return (
    <Panel title="Rules">
      <form noValidate onSubmit={form.onSubmit(() => mutate())}>
        <Stack gap="md">
          <TextInput label="Name" required maxLength={100} {...form.getInputProps('name')} />
          <NumberInput
            label="Keys live at most"
            description="Days. Empty: as long as their maker says."
            min={1}
            max={3_660}
            {...form.getInputProps('lifetimeDays')}
          />
          <Checkbox label="New keys have to expire" {...form.getInputProps('keyExpiryRequired', { type: 'checkbox' })} />
          <Checkbox label="New keys need an IP allowlist" {...form.getInputProps('keyAllowlistRequired', { type: 'checkbox' })} />
          <Group grow align="flex-start">
            <NumberInput
              label="Rate limit of new keys"
              description="Calls. Empty: none."
              min={1}
              max={1_000_000}
              {...form.getInputProps('rateLimit')}
            />
            <NumberInput
              label="In how many seconds"
              description="Up to a day."
              min={1}
              max={86_400}
              {...form.getInputProps('rateWindowSeconds')}
            />
          </Group>
          <Group grow align="flex-start">
            <NumberInput
              label="Keep calls"
              description="Days. Empty: as the installation does."
              min={1}
              max={36_500}
              {...form.getInputProps('callLogRetentionDays')}
            />
            <NumberInput
              label="Keep usage"
              description="Days. Empty: as the installation does."
              min={1}
              max={36_500}
              {...form.getInputProps('usageRetentionDays')}
            />
          </Group>
          <FormError form={form} error={error} />
          <Group justify="flex-end">
            <CopyAsCurl command={() => curl('patch', '/v1/organizations/{id}', { path: { id }, body })} />
            <Button type="submit" loading={isPending} disabled={!form.isDirty() || form.values.name.trim() === ''}>
              Save the rules
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

const valuesOf = (organization: Organization): Values => ({
  name: organization.name,
  lifetimeDays:
    organization.maxKeyLifetimeSeconds === null ? '' : Math.max(1, Math.round(organization.maxKeyLifetimeSeconds / DAY_SECONDS)),
  keyExpiryRequired: organization.keyExpiryRequired,
  keyAllowlistRequired: organization.keyAllowlistRequired,
  rateLimit: organization.defaultRateLimit?.limit ?? '',
  rateWindowSeconds: organization.defaultRateLimit?.windowSeconds ?? 60,
  callLogRetentionDays: organization.callLogRetentionDays ?? '',
  usageRetentionDays: organization.usageRetentionDays ?? '',
});

const bodyOf = (values: Values): Schemas['UpdateOrganizationDto'] => ({
  name: values.name.trim(),
  maxKeyLifetimeSeconds: values.lifetimeDays === '' ? null : Number(values.lifetimeDays) * DAY_SECONDS,
  keyExpiryRequired: values.keyExpiryRequired,
  keyAllowlistRequired: values.keyAllowlistRequired,
  defaultRateLimit:
    values.rateLimit === '' ? null : { limit: Number(values.rateLimit), windowSeconds: Number(values.rateWindowSeconds || 60) },
  callLogRetentionDays: values.callLogRetentionDays === '' ? null : Number(values.callLogRetentionDays),
  usageRetentionDays: values.usageRetentionDays === '' ? null : Number(values.usageRetentionDays),
});
