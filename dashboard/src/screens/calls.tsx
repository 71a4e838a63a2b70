import { Anchor, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Activity, Pause, Radio, RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { api, type Call, curl, type CursorPages, take, useCursorPages, useFilledPages, useOwners } from '../api';
import {
  Allowed,
  Code,
  type Column,
  CopyAsCurl,
  DataTable,
  EmptyState,
  ExportMenu,
  PageHeader,
  RangePicker,
  SideDrawer,
} from '../components';
import { formatLatency } from '../lib/numbers';
import { useRange } from '../lib/use-range';
import { useUrlState } from '../lib/use-url-state';
import { paths } from '../paths';
import { useSession } from '../session';
import { CallDetails } from './calls/call-details';
import { CallFilters } from './calls/call-filters';
import { type CallQuery, filtersOf, NO_FILTERS } from './calls/call-query';
import { CallResult } from './calls/call-result';

const TITLE = 'Calls';
const LIVE_MS = 2_000;
const LIVE_ROWS = 100;
const LIVE_FROM_MS = 15 * 60_000;
const PAGE = 50;

const DEFAULTS = { range: '24h', from: '', to: '', live: '', open: '', ...NO_FILTERS };

const CallsScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="call_log.read">
    <Calls />
  </Allowed>
);
export default CallsScreen;

function Calls(): ReactNode {
  const [state, change] = useUrlState(DEFAULTS);
  const { may } = useSession();
  const { refresh, ...times } = useRange(state);
  const filters = filtersOf(state);
  const query: CallQuery = { ...filters, ...times };
  const isLive = state.live !== '';
  const close = (): void => change({ open: null });
  return (
    <>
      <PageHeader title={TITLE} description="Every call that was answered, refused ones too. Each has its row before its answer leaves.">
        <CopyAsCurl command={() => curl('get', '/v1/call-logs', { query: { ...query, limit: PAGE } })} />
        {!isLive && may('call_log.export') && <ExportMenu path="/v1/call-logs/export" query={query} />}
      </PageHeader>
      <CallFilters filters={filters} onChange={change}>
        {isLive ? (
          <Button size="xs" leftSection={<Pause size={14} aria-hidden />} onClick={() => change({ live: null })}>
            Pause
          </Button>
        ) : (
          <>
            <RangePicker state={state} onChange={change} isOpenAllowed />
            <Button variant="default" size="xs" leftSection={<RotateCw size={14} aria-hidden />} onClick={refresh}>
              Refresh
            </Button>
            <Button variant="default" size="xs" leftSection={<Radio size={14} aria-hidden />} onClick={() => change({ live: '1' })}>
              Live
            </Button>
          </>
        )}
      </CallFilters>
      {isLive ? (
        <LiveCalls filters={filters} onOpen={(open) => change({ open })} />
      ) : (
        <PagedCalls
          query={query}
          onOpen={(open) => change({ open })}
          onWiden={times.from || times.to ? () => change({ range: 'all', from: '', to: '' }) : undefined}
        />
      )}
      <SideDrawer title="Call" isOpen={state.open !== ''} onClose={close}>
        {state.open !== '' && (
          <CallDetails
            requestId={state.open}
            scope={filters.scope}
            aside={
              <Anchor href={`/api-management${paths.call(state.open)}${state.scope ? `?scope=${state.scope}` : ''}`} fz="sm">
                Open as a page
              </Anchor>
            }
          />
        )}
      </SideDrawer>
    </>
  );
}

interface TableProps {
  readonly onOpen: (requestId: string) => void;
}

interface PagedCallsProps extends TableProps {
  readonly query: CallQuery;
  /** Looks further back; `undefined` where all time is looked at. */
  readonly onWiden: (() => void) | undefined;
}

function PagedCalls({ query, onOpen, onWiden }: PagedCallsProps): ReactNode {
  const read = useCursorPages(['calls', query], (cursor, signal) =>
    take(api.GET('/v1/call-logs', { params: { query: { ...query, limit: PAGE, cursor } as never }, signal })),
  );
  const pages = useFilledPages(read, query);
  return (
    <CallTable
      pages={pages}
      onOpen={onOpen}
      empty={
        <EmptyState
          icon={<Activity size={20} />}
          title="No call matches"
          action={
            onWiden && (
              <Button variant="default" onClick={onWiden}>
                Look at all time
              </Button>
            )
          }
        >
          There was none with all of this{onWiden && ' in this time'}.
        </EmptyState>
      }
    />
  );
}

/** The newest calls, as they come. What the page itself reads is left out, or it would be all that is seen. */
function LiveCalls({ filters, onOpen }: TableProps & { readonly filters: CallQuery }): ReactNode {
  const { person } = useSession();
  const [from] = useState(() => new Date(Date.now() - LIVE_FROM_MS).toISOString());
  const { data, error, refetch } = useQuery({
    queryKey: ['calls', 'live', filters],
    queryFn: ({ signal }) => take(api.GET('/v1/call-logs', { params: { query: { ...filters, from, limit: LIVE_ROWS } as never }, signal })),
    refetchInterval: LIVE_MS,
    staleTime: 0,
  });
  const rows = data?.data.filter(({ userId, keyId, method }) => !(userId === person.id && keyId === null && method === 'GET'));
  const pages: CursorPages<Call> = {
    rows,
    error,
    hasMore: false,
    isLoadingMore: false,
    isStale: false,
    loadMore: () => undefined,
    reload: () => void refetch(),
  };
  return (
    <>
      <Text fz="sm" c="dimmed" mb="xs">
        New calls come in by themselves, every two seconds. Your own reading is left out.
      </Text>
      <CallTable
        pages={pages}
        onOpen={onOpen}
        empty={
          <EmptyState icon={<Radio size={20} />} title="Nothing yet">
            There were no calls in the last 15 minutes. The next one will show up here.
          </EmptyState>
        }
      />
    </>
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });

function CallTable({ pages, onOpen, empty }: TableProps & { readonly pages: CursorPages<Call>; readonly empty: ReactNode }): ReactNode {
  const { nameOf } = useOwners();
  const columns: ReadonlyArray<Column<Call>> = [
    {
      key: 'call',
      title: 'Call',
      cell: ({ requestId, method, path }) => (
        <Anchor
          component="button"
          type="button"
          ta="left"
          onClick={() => onOpen(requestId)}
          className="break"
          c="var(--mantine-color-text)"
        >
          <Code>{`${method} ${path}`}</Code>
        </Anchor>
      ),
    },
    { key: 'result', title: 'Result', cell: (call) => <CallResult call={call} /> },
    {
      key: 'who',
      title: 'Who',
      cell: ({ keyName, userId, credentialPrefix }) => (
        <span className="break">{keyName ?? (userId ? nameOf(userId) : (credentialPrefix ?? <Text c="dimmed">nobody known</Text>))}</span>
      ),
    },
    {
      key: 'from',
      title: 'From',
      cell: ({ ip }) => (
        <Text fz="sm" ff="monospace" className="break" miw="15ch">
          {ip}
        </Text>
      ),
    },
    { key: 'took', title: 'Took', align: 'right', cell: ({ latencyMs }) => <span className="figures">{formatLatency(latencyMs)}</span> },
    {
      key: 'at',
      title: 'At',
      align: 'right',
      cell: ({ at }) => (
        <Group justify="flex-end" wrap="nowrap">
          <time dateTime={at} className="figures">
            {clock.format(new Date(at))}
          </time>
        </Group>
      ),
    },
  ];
  return (
    <DataTable
      label={TITLE}
      columns={columns}
      pages={pages}
      rowKey={({ requestId }) => requestId}
      onOpen={({ requestId }) => onOpen(requestId)}
      empty={empty}
    />
  );
}
