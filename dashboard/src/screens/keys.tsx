import { Anchor, Button, Skeleton, Stack, Text } from '@mantine/core';
import { KeyRound, Plus } from 'lucide-react';
import { type ReactNode, useCallback, useState } from 'react';
import { Link } from 'wouter';

import { api, curl, type Key, take, useCursorPages, useOwners } from '../api';
import {
  Code,
  CodeBlock,
  type Column,
  CopyAsCurl,
  DataTable,
  EmptyState,
  FilterBar,
  FilterMenu,
  PageHeader,
  SearchField,
  type SparkBar,
  Sparkline,
  TimeOr,
} from '../components';
import { createKeyAt, hasScopes, hasTestKeys, hostSignIn, keyHeader, labels, shownKey } from '../options';
import { DAY_MS } from '../lib/time';
import { useUrlState } from '../lib/use-url-state';
import { paths } from '../paths';
import { useSession } from '../session';
import { KeyBadges, Restrictions, ScopeList, TestBadge } from './keys/badges';
import { KeyActions } from './keys/key-actions';
import { isAlive } from './keys/status';
import { dayInWords, useDayOfCalls } from './keys/use-day';
import { useScopeOptions } from './keys/use-scope-options';

/** As many as fill a window or two: each row has badges, bars and a menu. */
const PAGE = 30;
const NO_FILTERS = { q: '', status: '', environment: '', scope: '', owner: '', unused: '' };
type Filters = typeof NO_FILTERS;

const STATUSES = [
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
];
const ENVIRONMENTS = [
  { value: 'live', label: 'Live' },
  { value: 'test', label: 'Test' },
];
const UNUSED = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];

function queryOf({ unused, ...filters }: Filters, now: number) {
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
  return { ...given, ...(unused === '' ? {} : { lastUsedBefore: new Date(now - Number(unused) * DAY_MS).toISOString() }) };
}

export default function KeysScreen(): ReactNode {
  const { may } = useSession();
  const [filters, setFilters] = useUrlState(NO_FILTERS);
  // One moment for all pages of a list.
  const [now] = useState(Date.now);
  const query = queryOf(filters, now);
  const pages = useCursorPages(['keys', 'list', query], (cursor, signal) =>
    take(api.GET('/v1/api-keys', { params: { query: { ...query, limit: PAGE, ...(cursor ? { cursor } : {}) } }, signal })),
  );
  const search = useCallback((q: string) => setFilters({ q }), [setFilters]);
  const isFiltered = Object.values(filters).some((value) => value !== '');
  return (
    <>
      <PageHeader title={labels.keys} description={labels.aboutKeys}>
        <CopyAsCurl command={() => curl('get', '/v1/api-keys', { query })} />
        {mayCreate(may) && <CreateButton />}
      </PageHeader>
      <Filters filters={filters} setFilters={setFilters} search={search} />
      <KeyTable pages={pages} empty={isFiltered ? <NothingFound onClear={() => setFilters(NO_FILTERS)} /> : <NoKeys />} />
    </>
  );
}

/** Where a host makes keys by itself, it says there who may. */
const mayCreate = (may: (scope: string) => boolean): boolean => createKeyAt !== undefined || may('api_key.create');

const CreateButton = (): ReactNode => {
  const icon = <Plus size={16} aria-hidden />;
  return createKeyAt === undefined ? (
    <Button component={Link} href={paths.newKey} leftSection={icon}>
      {labels.createKey}
    </Button>
  ) : (
    <Button component="a" href={createKeyAt} leftSection={icon}>
      {labels.createKey}
    </Button>
  );
};

interface FiltersProps {
  readonly filters: Filters;
  readonly setFilters: (changes: Partial<Filters>) => void;
  readonly search: (q: string) => void;
}

function Filters({ filters, setFilters, search }: FiltersProps): ReactNode {
  const { owners } = useOwners();
  const scopes = useScopeOptions();
  const menu = (name: keyof Filters, label: string, options: ReadonlyArray<{ value: string; label: string }>): ReactNode => (
    <FilterMenu label={label} value={filters[name]} options={options} onChange={(value) => setFilters({ [name]: value })} />
  );
  return (
    <FilterBar>
      <SearchField label="Search by name or prefix" value={filters.q} onChange={search} />
      {menu('status', 'Status', STATUSES)}
      {hasTestKeys && menu('environment', 'Environment', ENVIRONMENTS)}
      {hasScopes && menu('scope', 'Scope', scopes)}
      {menu(
        'owner',
        'Owner',
        owners.map(({ id, name }) => ({ value: id, label: name })),
      )}
      {menu('unused', 'Unused for', UNUSED)}
    </FilterBar>
  );
}

function KeyTable({ pages, empty }: { readonly pages: ReturnType<typeof useCursorPages<Key>>; readonly empty: ReactNode }): ReactNode {
  const dayOf = useDayOfCalls((pages.rows ?? []).map(({ id }) => id));
  const { may } = useSession();
  const columns: ReadonlyArray<Column<Key>> = [
    {
      key: 'name',
      title: 'Name and prefix',
      width: '25%',
      cell: (key) => (
        <Stack gap={2} align="flex-start">
          <span>
            <Anchor component={Link} href={paths.key(key.id)} fw={550} c="var(--mantine-color-text)" className="break">
              {key.name}
            </Anchor>{' '}
            <TestBadge keyView={key} />
          </span>
          <Text fz="xs" c="dimmed" ff="monospace">
            {shownKey(key.prefix)}
          </Text>
        </Stack>
      ),
    },
    { key: 'status', title: 'Status', cell: (key) => <KeyBadges keyView={key} /> },
    ...(hasScopes ? [{ key: 'scopes', title: 'Scopes', cell: ({ scopes }: Key) => <ScopeList scopes={scopes} /> }] : []),
    { key: 'restrictions', title: 'Restrictions', cell: (key) => <Restrictions keyView={key} /> },
    ...(may('call_log.read') ? [{ key: 'day', title: '24 hours', cell: ({ id }: Key) => <Day bars={dayOf(id)} /> }] : []),
    { key: 'used', title: 'Last used', cell: ({ lastUsedAt }) => <TimeOr at={lastUsedAt} otherwise="never" /> },
    { key: 'expires', title: 'Expires', cell: ({ expiresAt }) => <TimeOr at={expiresAt} otherwise="never" as="day" /> },
    { key: 'actions', title: 'Actions', isTitleHidden: true, align: 'right', width: 48, cell: (key) => <KeyActions keyView={key} /> },
  ];
  return (
    <DataTable
      label={labels.keys}
      columns={columns}
      pages={pages}
      rowKey={({ id }) => id}
      isRowQuiet={(key) => !isAlive(key)}
      empty={empty}
    />
  );
}

const Day = ({ bars }: { readonly bars: readonly SparkBar[] | undefined }): ReactNode =>
  bars ? <Sparkline bars={bars} label={dayInWords(bars)} /> : <Skeleton height={24} width={96} />;

const NothingFound = ({ onClear }: { readonly onClear: () => void }): ReactNode => (
  <EmptyState
    icon={<KeyRound size={20} />}
    title="No key matches"
    action={
      <Button variant="default" onClick={onClear}>
        Remove the filters
      </Button>
    }
  >
    There is none with everything that you are looking for.
  </EmptyState>
);

function NoKeys(): ReactNode {
  const { may } = useSession();
  const command = curl('post', '/v1/api-keys', { body: { name: 'billing, production', scopes: ['send_email'] } });
  return (
    <EmptyState
      icon={<KeyRound size={20} />}
      title="No keys yet"
      action={mayCreate(may) ? <CreateButton /> : undefined}
      command={
        may('api_key.create') && hostSignIn === undefined ? <CodeBlock label="The same as a command">{command}</CodeBlock> : undefined
      }
    >
      A key lets one program call the API. Send it as <Code>{`${keyHeader} …`}</Code>
    </EmptyState>
  );
}
