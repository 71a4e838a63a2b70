import type { UseFormReturnType } from '@mantine/form';

import type { Schemas } from '../../api';
import { isAddressOrBlock } from '../../lib/ip';
import { earliestDay, expiryOf } from '../keys/expiry';

/** What the form holds. */
export interface KeyFormValues {
  readonly name: string;
  readonly description: string;
  readonly environment: 'live' | 'test';
  readonly scopes: readonly string[];
  readonly allowedIps: string[];
  readonly allowedReferrers: string[];
  readonly allowedEndpoints: ReadonlyArray<{ readonly method: string; readonly path: string }>;
  readonly expiresAt: string;
  readonly lastDay: string;
  /** `''` for none. */
  readonly rateLimit: string | number;
  readonly windowSeconds: string;
  /** `type:id`; `''` for the person who asks. */
  readonly owner: string;
  readonly onOwnerRemoved: 'revoke' | 'transfer';
}

/** What the parts of the form need of it. */
export type KeyForm = Pick<UseFormReturnType<KeyFormValues>, 'values' | 'errors' | 'getInputProps' | 'getValues' | 'setFieldValue'>;

const words = (text: string | null): string[] => (text ?? '').split(/[\s,]+/).filter(Boolean);

/**
 * The form as an address prefills it:
 * `?name=billing&scopes=send_sms,client.read&environment=test&allowedIps=203.0.113.7&expires=30&rateLimit=100/60&owner=service_account:sva_…`
 */
export function prefilled(search: URLSearchParams): KeyFormValues {
  const [limit = '', seconds = '60'] = (search.get('rateLimit') ?? '').split('/');
  return {
    name: search.get('name') ?? '',
    description: search.get('description') ?? '',
    environment: search.get('environment') === 'test' ? 'test' : 'live',
    scopes: words(search.get('scopes')),
    allowedIps: words(search.get('allowedIps')),
    allowedReferrers: words(search.get('allowedReferrers')),
    allowedEndpoints: words(search.get('allowedEndpoints')).map((text) => {
      const [method, path] = text.startsWith('/') ? ['*', text] : (text.split(':', 2) as [string, string | undefined]);
      return { method: method.toUpperCase(), path: path ?? '' };
    }),
    expiresAt: ['7', '30', '90', '365', 'never'].includes(search.get('expires') ?? '') ? search.get('expires')! : '90',
    lastDay: '',
    rateLimit: /^\d+$/.test(limit) ? Number(limit) : '',
    windowSeconds: seconds,
    owner: search.get('owner') ?? '',
    onOwnerRemoved: search.get('onOwnerRemoved') === 'transfer' ? 'transfer' : 'revoke',
  };
}

/** What is asked of the API. To the minute: the same form, sent twice, asks for the same. */
export function bodyOf(values: KeyFormValues): Schemas['CreateKeyDto'] {
  const { name, description, environment, scopes, allowedIps, allowedReferrers, allowedEndpoints, owner, onOwnerRemoved } = values;
  const end = expiryOf(values.expiresAt, values.lastDay || earliestDay());
  const [type, id] = owner.split(':') as ['user' | 'service_account' | 'organization', string];
  const endpoints = allowedEndpoints.filter(({ path }) => path.trim() !== '');
  return {
    name: name.trim(),
    ...(description.trim() ? { description: description.trim() } : {}),
    environment,
    scopes: [...scopes],
    ...(allowedIps.length > 0 ? { allowedIps } : {}),
    ...(allowedReferrers.length > 0 ? { allowedReferrers } : {}),
    ...(endpoints.length > 0 ? { allowedEndpoints: endpoints as Schemas['AllowedEndpointDto'][] } : {}),
    ...(end ? { expiresAt: `${end.slice(0, 16)}:00.000Z` } : {}),
    ...(values.rateLimit === '' ? {} : { rateLimit: { limit: Number(values.rateLimit), windowSeconds: Number(values.windowSeconds) } }),
    ...(owner === '' ? {} : { owner: { type, id } }),
    ...(onOwnerRemoved === 'transfer' ? { onOwnerRemoved } : {}),
  };
}

/** What is wrong with it before anybody is asked. */
export const KEY_FORM_RULES = {
  name: (name: string) => (name.trim() === '' ? 'Give the key a name' : null),
  allowedIps: (all: readonly string[]) => {
    const wrong = all.filter((one) => !isAddressOrBlock(one));
    return wrong.length === 0 ? null : `${wrong.join(', ')}: no address and no CIDR block`;
  },
  lastDay: (day: string, { expiresAt }: KeyFormValues) => (expiresAt === 'day' && day === '' ? 'Choose the last day' : null),
};
