import { Button, Group, NativeSelect, NumberInput, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, take } from '../../api';
import { ListField, Panel } from '../../components';
import { isAddressOrBlock } from '../../lib/ip';
import { EndpointsField } from './endpoints-field';
import type { KeyForm } from './key-form';

const WINDOWS = [
  { value: '1', label: 'a second' },
  { value: '60', label: 'a minute' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
];

/** From where, for what and how often the key may be used. */
export default function Restrictions({ form }: { readonly form: KeyForm }): ReactNode {
  const ips = form.getInputProps('allowedIps');
  const wrong = form.values.allowedIps.filter((one) => !isAddressOrBlock(one));
  return (
    <Panel title="Restrictions">
      <Stack>
        <div>
          <ListField
            label="IP allowlist"
            description="Addresses and CIDR blocks. Empty means any address. For fixed-IP servers, always set a whitelist."
            placeholder={form.values.allowedIps.length === 0 ? '203.0.113.7 or 2001:db8::/48' : ''}
            {...ips}
            error={wrong.length > 0 ? `${wrong.join(', ')}: no address and no CIDR block` : ips.error}
          />
          <AddMyAddress form={form} />
        </div>
        <ListField
          label="Referrers"
          description="Origins of pages that may send it, for keys in browsers. Optionally with *. before the host."
          placeholder={form.values.allowedReferrers.length === 0 ? 'https://app.example.com' : ''}
          {...form.getInputProps('allowedReferrers')}
        />
        <EndpointsField
          value={form.values.allowedEndpoints}
          error={form.errors['allowedEndpoints']}
          onChange={(endpoints) => form.setFieldValue('allowedEndpoints', endpoints)}
        />
        <Group gap="sm" align="flex-start">
          <NumberInput
            label="Rate limit"
            description="Calls; empty for none."
            min={1}
            max={1_000_000}
            allowDecimal={false}
            hideControls
            w={160}
            {...form.getInputProps('rateLimit')}
          />
          <NativeSelect label="in" description="How long." w={160} data={WINDOWS} {...form.getInputProps('windowSeconds')} />
        </Group>
      </Stack>
    </Panel>
  );
}

/** The address that the API sees this page come from. */
function AddMyAddress({ form }: { readonly form: KeyForm }): ReactNode {
  const { data: who } = useQuery({ queryKey: ['whoami'], queryFn: () => take(api.GET('/v1/whoami')) });
  const ip = who?.ip;
  if (!ip || form.values.allowedIps.includes(ip)) return null;
  return (
    <Button
      variant="subtle"
      size="compact-xs"
      mt={6}
      onClick={() => form.setFieldValue('allowedIps', [...form.getValues().allowedIps, ip])}
    >
      Add my address, {ip}
    </Button>
  );
}
