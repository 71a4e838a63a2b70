import { Anchor, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { api, type Schemas, take, useKeyNames } from '../../api';
import { Code, type Column, SimpleTable } from '../../components';
import { formatCount, formatLatency } from '../../lib/numbers';
import { paths, withQuery } from '../../paths';
import { useSession } from '../../session';
import classes from './top-groups.module.css';

type Grouping = 'key' | 'route' | 'code';
type Group = Schemas['TopUsageGroupView'];

interface TopGroupsProps {
  readonly by: Grouping;
  readonly range: { readonly from: string; readonly to: string };
}

const SHOWN = 10;
/** More than there are codes. */
const ALL = 100;
const NAMES: Readonly<Record<Grouping, readonly [column: string, none: string]>> = {
  key: ['Key', 'People, and callers without a key'],
  route: ['Route', 'Paths that do not exist'],
  code: ['Code', 'Let in'],
};

/** Who and what had most calls, and the way to the calls themselves. */
export function TopGroups({ by, range }: TopGroupsProps): ReactNode {
  const limit = by === 'code' ? ALL : SHOWN;
  const { data, error } = useQuery({
    queryKey: ['usage', 'top', by, range],
    queryFn: ({ signal }) => take(api.GET('/v1/usage/top', { params: { query: { ...range, groupBy: by, limit } }, signal })),
    placeholderData: keepPreviousData,
  });
  const keyName = useKeyNames((data?.data ?? []).flatMap(({ group }) => group ?? []));
  const nameOf = (id: string): string => keyName(id) ?? id;
  // Codes of what the endpoints answered are no refusals.
  const rows = data?.data.filter(({ denied }) => by !== 'code' || denied > 0);
  const most = rows?.[0]?.calls ?? 0;
  const [column, none] = NAMES[by];
  const columns: ReadonlyArray<Column<Group>> = [
    {
      key: 'group',
      title: column,
      cell: ({ group, calls }) => (
        <>
          {group === null ? <Text c="dimmed">{none}</Text> : <GroupName by={by} group={group} name={nameOf(group)} />}
          <div className={classes.bar} style={{ width: `${(100 * calls) / most}%` }} aria-hidden />
        </>
      ),
    },
    number('Calls', (group) =>
      group.group === null ? formatCount(group.calls) : <CallsLink by={by} group={group} range={range} name={nameOf(group.group)} />,
    ),
    number('Refused', ({ denied }) => formatCount(denied)),
    number('Errors', ({ errors }) => formatCount(errors)),
    number('p50', ({ p50Ms }) => formatLatency(p50Ms)),
    number('p99', ({ p99Ms }) => formatLatency(p99Ms)),
  ];
  return (
    <Stack gap="xs">
      <SimpleTable
        label={`Most calls by ${column.toLowerCase()}`}
        columns={columns}
        rows={rows}
        error={error}
        rowKey={({ group }) => group ?? ''}
        empty={by === 'code' ? 'No call was refused.' : 'There were no calls.'}
      />
      {data && data.others.groups > 0 && (
        <Text fz="sm" c="dimmed">
          And {formatCount(data.others.calls)} calls of {formatCount(data.others.groups)} {data.others.groups === 1 ? 'other' : 'others'}.
        </Text>
      )}
    </Stack>
  );
}

const number = (title: string, cell: (group: Group) => ReactNode): Column<Group> => ({
  key: title,
  title,
  align: 'right',
  cell: (group) => <span className="figures">{cell(group)}</span>,
});

function GroupName({ by, group, name }: { readonly by: Grouping; readonly group: string; readonly name: string }): ReactNode {
  const { may } = useSession();
  if (by !== 'key') return <Code>{group}</Code>;
  if (!may('api_key.read')) return <Code>{group}</Code>;
  return (
    <Anchor component={Link} href={paths.key(group)}>
      {name}
    </Anchor>
  );
}

const FILTERS: Readonly<Record<Grouping, string>> = { key: 'keyId', route: 'route', code: 'code' };

const CallsLink = ({ by, group, range, name }: TopGroupsProps & { readonly group: Group; readonly name: string }): ReactNode => (
  <Anchor
    component={Link}
    inherit
    href={withQuery(paths.calls, { [FILTERS[by]]: group.group ?? '', ...range })}
    aria-label={`${formatCount(group.calls)} calls: ${name}`}
  >
    {formatCount(group.calls)}
  </Anchor>
);
