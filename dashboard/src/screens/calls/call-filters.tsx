import { Button, Group, Menu, Popover, TextInput } from '@mantine/core';
import { Plus } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';

import { useKeyNames, useOwners } from '../../api';
import { FilterBar, FilterChip, FilterMenu } from '../../components';
import { hasTestKeys } from '../../options';
import { useSession } from '../../session';
import { FindKey } from '../keys/find-key';
import type { CallFilterName, CallQuery } from './call-query';
import classes from './call-filters.module.css';

interface CallFiltersProps {
  readonly filters: CallQuery;
  readonly onChange: (changes: Partial<Record<CallFilterName, string | null>>) => void;
  /** Times, and what else stands in the line. */
  readonly children: ReactNode;
}

const asOptions = (values: readonly string[]): Array<{ value: string; label: string }> => values.map((value) => ({ value, label: value }));

const METHODS = asOptions(['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS']);
const CLASSES = [
  { value: '2xx', label: '2xx, went well' },
  { value: '3xx', label: '3xx' },
  { value: '4xx', label: '4xx, refused or wrong' },
  { value: '5xx', label: '5xx, failed' },
];
const CODES = asOptions([
  'missing_credentials',
  'malformed_credentials',
  'invalid_api_key',
  'api_key_revoked',
  'api_key_disabled',
  'api_key_expired',
  'invalid_token',
  'token_expired',
  'owner_inactive',
  'login_failed',
  'ip_not_allowed',
  'referrer_not_allowed',
  'endpoint_not_allowed',
  'wrong_environment',
  'organization_suspended',
  'insufficient_scope',
  'scope_exceeds_grantor',
  'rate_limited',
  'not_found',
  'validation_failed',
  'conflict',
  'internal_error',
  'unavailable',
]);
const ENVIRONMENTS = asOptions(['live', 'test']);

interface WrittenFilter {
  readonly name: CallFilterName;
  readonly label: string;
  readonly hint: string;
}

/** What is not chosen from a few. */
const WRITTEN: readonly WrittenFilter[] = [
  { name: 'path', label: 'Path', hint: '/v1/api-keys, or its beginning followed by *' },
  { name: 'route', label: 'Route', hint: '/v1/api-keys/:id' },
  { name: 'status', label: 'Status', hint: '403' },
  { name: 'ip', label: 'Address', hint: '203.0.113.7' },
  { name: 'minLatencyMs', label: 'Took at least', hint: 'Milliseconds' },
  { name: 'requestId', label: 'Request id', hint: 'req_…, the X-Request-Id of an answer' },
];

/** A chip for every filter that is on, and a way to each that is not. */
export function CallFilters({ filters, onChange, children }: CallFiltersProps): ReactNode {
  const { person } = useSession();
  const { owners, nameOf } = useOwners();
  const keyName = useKeyNames([filters.keyId ?? '', filters.subjectKeyId ?? '']);
  const people = owners.filter(({ type }) => type === 'user').map(({ id, name }) => ({ value: id, label: name }));
  const menu = (name: CallFilterName, label: string, options: ReadonlyArray<{ value: string; label: string }>): ReactNode => (
    <FilterMenu label={label} value={filters[name] ?? ''} options={options} onChange={(value) => onChange({ [name]: value })} />
  );
  return (
    <FilterBar>
      {children}
      {menu('statusClass', 'Result', CLASSES)}
      {menu('code', 'Code', CODES)}
      {menu('method', 'Method', METHODS)}
      {filters.principalId?.startsWith('key_') ? (
        <FilterChip label="By" value={filters.principalId} onRemove={() => onChange({ principalId: null })} />
      ) : (
        <FilterMenu
          label="Person"
          value={filters.principalId ?? ''}
          options={people}
          onChange={(principalId) => onChange({ principalId })}
        />
      )}
      {hasTestKeys && menu('environment', 'Environment', ENVIRONMENTS)}
      {person.operator && menu('scope', 'Whose', [{ value: 'installation', label: 'Of no organization' }])}
      {filters.keyId && (
        <FilterChip label="Key" value={keyName(filters.keyId) ?? nameOf(filters.keyId)} onRemove={() => onChange({ keyId: null })} />
      )}
      {filters.subjectKeyId && (
        <FilterChip
          label="Verified key"
          value={keyName(filters.subjectKeyId) ?? nameOf(filters.subjectKeyId)}
          onRemove={() => onChange({ subjectKeyId: null })}
        />
      )}
      {WRITTEN.filter(({ name }) => filters[name]).map(({ name, label }) => (
        <FilterChip key={name} label={label} value={filters[name]!} onRemove={() => onChange({ [name]: null })} />
      ))}
      <AddFilter filters={filters} onChange={onChange} />
    </FilterBar>
  );
}

type Adding = WrittenFilter | 'key' | null;

function AddFilter({ filters, onChange }: Omit<CallFiltersProps, 'children'>): ReactNode {
  const { may } = useSession();
  const [adding, setAdding] = useState<Adding>(null);
  const close = (): void => setAdding(null);
  const choose = (changes: Partial<Record<CallFilterName, string>>): void => {
    close();
    onChange(changes);
  };
  return (
    <Popover
      withRoles={false}
      opened={adding !== null}
      onChange={(isOpen) => !isOpen && close()}
      position="bottom-start"
      trapFocus
      returnFocus
      width={320}
    >
      <Popover.Target>
        <div>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button variant="subtle" color="gray" size="xs" leftSection={<Plus size={14} aria-hidden />}>
                Filter
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {!filters.keyId && may('api_key.read') && <Menu.Item onClick={() => setAdding('key')}>Key</Menu.Item>}
              {WRITTEN.map((filter) => (
                <Menu.Item key={filter.name} onClick={() => setAdding(filter)}>
                  {filter.label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </div>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Another filter">
        {adding === 'key' && <FindKey onFound={(keyId) => choose({ keyId })} />}
        {adding !== null && adding !== 'key' && (
          <WriteFilter filter={adding} value={filters[adding.name] ?? ''} onDone={(value) => choose({ [adding.name]: value })} />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

interface WriteFilterProps {
  readonly filter: WrittenFilter;
  readonly value: string;
  readonly onDone: (value: string) => void;
}

function WriteFilter({ filter: { label, hint }, value, onDone }: WriteFilterProps): ReactNode {
  const [text, setText] = useState(value);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onDone(text.trim());
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          className={classes.field}
          label={label}
          placeholder={hint}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit">Apply</Button>
      </Group>
    </form>
  );
}
