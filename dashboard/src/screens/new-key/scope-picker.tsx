import { Alert, Checkbox, Input, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { Search, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import type { Scope } from '../../api';
import { useSession } from '../../session';
import { useScopes } from '../keys/use-scope-options';
import { groupsOf, type ScopeGroup } from './scope-groups';
import classes from './scope-picker.module.css';

interface ScopePickerProps {
  readonly value: readonly string[];
  readonly error: ReactNode;
  readonly onChange: (scopes: readonly string[]) => void;
  /** What will hold them. Some scopes are for people only. */
  readonly holder?: 'key' | 'role';
}

const ENDPOINTS_SHOWN = 3;

/** What a key or role may do: scopes that this person could give away, each with the endpoints that it opens. */
export default function ScopePicker({ value, error, onChange, holder = 'key' }: ScopePickerProps): ReactNode {
  const { may } = useSession();
  const scopes = useScopes();
  const [search, setSearch] = useState('');
  if (!scopes) return <Skeleton height={160} />;
  const offered = scopes.filter(({ name, grantableToKeys }) => (grantableToKeys || holder === 'role') && may(name));
  const toggle = (name: string): void => onChange(value.includes(name) ? value.filter((one) => one !== name) : [...value, name]);
  const groups = groupsOf(offered.filter((scope) => matches(scope, search)));
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        size="xs"
        aria-label="Search scopes"
        placeholder="Search scopes and endpoints"
        leftSection={<Search size={14} aria-hidden />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          // It would send the form.
          if (event.key === 'Enter') event.preventDefault();
        }}
      />
      <div className={classes.list} role="group" aria-label="Scopes">
        {groups.map((group) => (
          <Group
            key={group.title}
            group={group}
            value={value}
            toggle={toggle}
            mayHoldAll={group.wildcard !== null && may(group.wildcard)}
          />
        ))}
        {groups.length === 0 && <Text c="dimmed">No scope matches.</Text>}
        {may('*') && search === '' && (
          <Checkbox
            className={classes.all}
            checked={value.includes('*')}
            onChange={() => toggle('*')}
            label={
              <>
                <code>*</code> Everything
              </>
            }
            description="All of the above, and every scope that comes later."
          />
        )}
      </div>
      <Text fz="sm" role="status">
        {value.length === 0 ? `No scope chosen: the ${holder} may only ask who it is.` : `Chosen: ${value.join(', ')}`}
      </Text>
      {value.includes('*') && (
        <Alert color="yellow" variant="light" icon={<TriangleAlert size={18} aria-hidden />}>
          Whoever holds this {holder} can do everything that you can: make and revoke keys, too. Choose single scopes unless you have a
          reason not to.
        </Alert>
      )}
      {error && <Input.Error>{error}</Input.Error>}
    </Stack>
  );
}

interface GroupProps {
  readonly group: ScopeGroup;
  readonly value: readonly string[];
  readonly toggle: (name: string) => void;
  readonly mayHoldAll: boolean;
}

const Group = ({ group: { title, scopes, wildcard }, value, toggle, mayHoldAll }: GroupProps): ReactNode => (
  <section className={classes.group} aria-label={title}>
    <Title order={3} className={classes.title}>
      {title}
    </Title>
    {scopes.map((scope) => (
      <Checkbox
        key={scope.name}
        checked={value.includes(scope.name) || (wildcard !== null && value.includes(wildcard))}
        disabled={wildcard !== null && value.includes(wildcard)}
        onChange={() => toggle(scope.name)}
        label={<code>{scope.name}</code>}
        description={<Description scope={scope} />}
      />
    ))}
    {wildcard && mayHoldAll && scopes.length > 1 && (
      <Checkbox
        checked={value.includes(wildcard)}
        onChange={() => toggle(wildcard)}
        label={<code>{wildcard}</code>}
        description={`All of ${title}, and whatever comes later.`}
      />
    )}
  </section>
);

function Description({ scope: { description, endpoints } }: { readonly scope: Scope }): ReactNode {
  const rest = endpoints.length - ENDPOINTS_SHOWN;
  return (
    <>
      {description}
      <span className={classes.endpoints}>
        {endpoints
          .slice(0, ENDPOINTS_SHOWN)
          .map(({ method, path }) => `${method} ${path}`)
          .join(' · ')}
        {rest > 0 && ` and ${rest} more`}
      </span>
    </>
  );
}

function matches({ name, description, endpoints }: Scope, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return [name, description, ...endpoints.map(({ method, path }) => `${method} ${path}`)].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}
