import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';

import { curl, type Key, type Schemas } from '../../api';
import { ConfirmDialog, ListField, showFaults } from '../../components';
import { KEY_FORM_RULES } from '../new-key/key-form';
import { useUpdateKey } from './use-update-key';

const MINUTE_SECONDS = 60;

/** What of a key may change without a new secret. */
export default function EditDialog({ keyView, onClose }: { readonly keyView: Key; readonly onClose: () => void }): ReactNode {
  const { id, name, description, allowedIps, allowedReferrers, rateLimit } = keyView;
  const form = useForm({
    initialValues: {
      name,
      description: description ?? '',
      allowedIps,
      allowedReferrers,
      rateLimit: (rateLimit?.limit ?? '') as string | number,
    },
    validate: { name: KEY_FORM_RULES.name, allowedIps: KEY_FORM_RULES.allowedIps },
  });
  const { mutate, isPending, error } = useUpdateKey(id, `${name} is changed.`);
  const windowSeconds = rateLimit?.windowSeconds ?? MINUTE_SECONDS;
  const bodyOf = (values: typeof form.values): Schemas['UpdateKeyDto'] => ({
    name: values.name.trim(),
    description: values.description.trim() || null,
    allowedIps: values.allowedIps,
    allowedReferrers: values.allowedReferrers,
    rateLimit: values.rateLimit === '' ? null : { limit: Number(values.rateLimit), windowSeconds },
  });
  const save = (): void => {
    if (form.validate().hasErrors) return;
    mutate(bodyOf(form.getValues()), { onSuccess: onClose, onError: (failure) => showFaults(form, failure) });
  };
  return (
    <ConfirmDialog
      isOpen
      title={`Edit ${name}`}
      action="Save"
      isBusy={isPending}
      error={error}
      command={() => curl('patch', '/v1/api-keys/{id}', { path: { id }, body: bodyOf(form.getValues()) })}
      onConfirm={save}
      onClose={onClose}
    >
      <TextInput label="Name" maxLength={100} required {...form.getInputProps('name')} />
      <Textarea label="Description" description="Optional." autosize minRows={1} maxLength={500} {...form.getInputProps('description')} />
      <ListField
        label="IP allowlist"
        description="Addresses and CIDR blocks. Empty means any address."
        {...form.getInputProps('allowedIps')}
      />
      <ListField
        label="Referrers"
        description="Origins of pages that may send it. Empty means any."
        {...form.getInputProps('allowedReferrers')}
      />
      <NumberInput
        label="Rate limit"
        description={`Calls in ${windowSeconds === MINUTE_SECONDS ? 'a minute' : `${windowSeconds} seconds`}; empty for none.`}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        hideControls
        {...form.getInputProps('rateLimit')}
      />
    </ConfirmDialog>
  );
}
