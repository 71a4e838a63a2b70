import { Anchor, Button, Text } from '@mantine/core';
import { ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';

import { api, type AuditEvent, curl, type CursorPages, take, useCursorPages, useFilledPages, useOwners } from '../api';
import {
  Allowed,
  Code,
  type Column,
  CopyAsCurl,
  DataTable,
  EmptyState,
  ExportMenu,
  FilterBar,
  FilterMenu,
  PageHeader,
  RangePicker,
  SideDrawer,
  Time,
} from '../components';
import { useRange } from '../lib/use-range';
import { useUrlState } from '../lib/use-url-state';
import { paths } from '../paths';
import { useSession } from '../session';
import { changedFields } from './audit/changes';
import { ChainBadge } from './audit/chain-badge';
import { EventDetails } from './audit/event-details';
import { useActorNames } from './audit/use-actor-names';
import { TargetFilter } from './audit/target-filter';
import { WhatIsProven } from './audit/what-is-proven';

const TITLE = 'Audit trail';
const PAGE = 50;
const NO_FILTERS = { action: '', actorId: '', targetId: '', scope: '' };
const DEFAULTS = { range: 'all', from: '', to: '', open: '', ...NO_FILTERS };

const ACTIONS = [
  { value: 'api_key.*', label: 'API keys' },
  { value: 'api_key.created', label: 'API keys: created' },
  { value: 'api_key.rotated', label: 'API keys: rotated' },
  { value: 'api_key.revoked', label: 'API keys: revoked' },
  { value: 'api_key.updated', label: 'API keys: changed' },
  { value: 'member.*', label: 'Members' },
  { value: 'invitation.*', label: 'Invitations' },
  { value: 'role.*', label: 'Roles' },
  { value: 'service_account.*', label: 'Service accounts' },
  { value: 'organization.*', label: 'The organization' },
  { value: 'session.*', label: 'Sessions' },
  { value: 'call_log.*', label: 'Calls, read and exported' },
  { value: 'audit_event.*', label: 'The audit trail itself' },
];

const AuditScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="audit_event.read">
    <AuditTrail />
  </Allowed>
);
export default AuditScreen;

function AuditTrail(): ReactNode {
  const [state, change] = useUrlState(DEFAULTS);
  const { person } = useSession();
  const { owners } = useOwners();
  const { from, to } = useRange(state);
  const filters = Object.fromEntries(Object.keys(NO_FILTERS).map((name) => [name, state[name as keyof typeof NO_FILTERS] || undefined]));
  const query = { ...filters, from, to };
  const read = useCursorPages(['audit', query], (cursor, signal) =>
    take(api.GET('/v1/audit-events', { params: { query: { ...query, limit: PAGE, cursor } as never }, signal })),
  );
  const pages = useFilledPages(read, query);
  const people = owners.filter(({ type }) => type === 'user').map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <PageHeader
        title={TITLE}
        beside={<ChainBadge scope={state.scope} />}
        description={
          <>
            Everything that was changed, by whom and from where. Against a checkpoint kept elsewhere it shows whether any event up to there
            was altered, put in or taken out. <WhatIsProven />
          </>
        }
      >
        <CopyAsCurl command={() => curl('get', '/v1/audit-events', { query: { ...query, limit: PAGE } })} />
        <ExportMenu path="/v1/audit-events/export" query={query} />
      </PageHeader>
      <FilterBar>
        <RangePicker state={state} onChange={change} isOpenAllowed />
        <FilterMenu label="What" value={state.action} options={ACTIONS} onChange={(action) => change({ action })} />
        <FilterMenu label="Who" value={state.actorId} options={people} onChange={(actorId) => change({ actorId })} />
        <TargetFilter targetId={state.targetId} onChange={(targetId) => change({ targetId })} />
        {person.operator && (
          <FilterMenu
            label="Whose"
            value={state.scope}
            options={[{ value: 'installation', label: 'Of no organization' }]}
            onChange={(scope) => change({ scope })}
          />
        )}
      </FilterBar>
      <EventTable
        pages={pages}
        onOpen={(open) => change({ open })}
        onClear={() => change({ ...NO_FILTERS, range: 'all', from: '', to: '' })}
      />
      <SideDrawer title="Change" isOpen={state.open !== ''} onClose={() => change({ open: null })}>
        {state.open !== '' && (
          <EventDetails
            eventId={state.open}
            scope={state.scope}
            aside={
              <Anchor href={`/api-management${paths.auditEvent(state.open)}${state.scope ? `?scope=${state.scope}` : ''}`} fz="sm">
                Open as a page
              </Anchor>
            }
          />
        )}
      </SideDrawer>
    </>
  );
}

interface EventTableProps {
  readonly pages: CursorPages<AuditEvent>;
  readonly onOpen: (eventId: string) => void;
  readonly onClear: () => void;
}

function EventTable({ pages, onOpen, onClear }: EventTableProps): ReactNode {
  const { actorOf, targetOf } = useActorNames(pages.rows ?? []);
  const columns: ReadonlyArray<Column<AuditEvent>> = [
    {
      key: 'action',
      title: 'What',
      cell: ({ id, action }) => (
        <Anchor component="button" type="button" ta="left" className="figures" onClick={() => onOpen(id)}>
          <Code>{action}</Code>
        </Anchor>
      ),
    },
    { key: 'actor', title: 'Who', width: 170, cell: (event) => <span className="break">{actorOf(event)}</span> },
    { key: 'target', title: 'Of', width: 230, cell: (event) => <span className="break">{targetOf(event)}</span> },
    {
      key: 'fields',
      title: 'Changed',
      cell: (event) => (
        <Text fz="sm" c="dimmed">
          {changedFields(event) || '–'}
        </Text>
      ),
    },
    {
      key: 'from',
      title: 'From',
      cell: ({ ip }) => (
        <Text fz="sm" ff="monospace">
          {ip ?? '–'}
        </Text>
      ),
    },
    { key: 'at', title: 'When', align: 'right', cell: ({ at }) => <Time at={at} as="both" /> },
  ];
  return (
    <DataTable
      label={TITLE}
      columns={columns}
      pages={pages}
      rowKey={({ id }) => id}
      onOpen={({ id }) => onOpen(id)}
      empty={
        <EmptyState
          icon={<ScrollText size={20} />}
          title="No change matches"
          action={
            <Button variant="default" onClick={onClear}>
              Remove the filters
            </Button>
          }
        >
          Nothing was changed by all of this in this time.
        </EmptyState>
      }
    />
  );
}
