import { Anchor, Skeleton, Stack, Table, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { api, type Schemas, take, useKeyNames } from '../../api';
import { Code, ErrorPanel } from '../../components';
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
const NAMES: Readonly<Record<Grouping, readonly [column: string, none: string]>> = {
  key: ['Key', 'People, and callers without a key'],
  route: ['Route', 'Paths that do not exist'],
  code: ['Code', 'Let in'],
};

/** Who and what had most calls, and the way to the calls themselves. */
export function TopGroups({ by, range }: TopGroupsProps): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['usage', 'top', by, range, SHOWN],
    queryFn: ({ signal }) => take(api.GET('/v1/usage/top', { params: { query: { ...range, groupBy: by, limit: SHOWN } }, signal })),
    placeholderData: keepPreviousData,
  });
  const keyName = useKeyNames((data?.data ?? []).flatMap(({ group }) => group ?? []));
  const nameOf = (id: string): string => keyName(id) ?? id;
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={240} />;
  if (data.data.length === 0) return <Text c="dimmed">There were no calls.</Text>;
  const most = data.data[0]!.calls;
  const [column, none] = NAMES[by];
  return (
    <Stack gap="xs">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keyboard in narrow windows */}
      <div className={classes.frame} tabIndex={0} role="region" aria-label="Most calls">
        <Table aria-label={`Most calls by ${column.toLowerCase()}`} verticalSpacing={7} horizontalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{column}</Table.Th>
              {['Calls', 'Refused', 'Errors', 'p50', 'p99'].map((title) => (
                <Table.Th key={title} scope="col" ta="right">
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.data.map((group) => (
              <Table.Tr key={group.group ?? ''}>
                <Table.Th scope="row" className={classes.name}>
                  {group.group === null ? (
                    <Text c="dimmed">{none}</Text>
                  ) : (
                    <GroupName by={by} group={group.group} name={nameOf(group.group)} />
                  )}
                  <div className={classes.bar} style={{ width: `${(100 * group.calls) / most}%` }} aria-hidden />
                </Table.Th>
                <Number>
                  {group.group === null ? (
                    formatCount(group.calls)
                  ) : (
                    <CallsLink by={by} group={group} range={range} name={nameOf(group.group)} />
                  )}
                </Number>
                <Number>{formatCount(group.denied)}</Number>
                <Number>{formatCount(group.errors)}</Number>
                <Number>{formatLatency(group.p50Ms)}</Number>
                <Number>{formatLatency(group.p99Ms)}</Number>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {data.others.groups > 0 && (
        <Text fz="sm" c="dimmed">
          And {formatCount(data.others.calls)} calls of {formatCount(data.others.groups)} {data.others.groups === 1 ? 'other' : 'others'}.
        </Text>
      )}
    </Stack>
  );
}

const Number = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <Table.Td ta="right" className={classes.number}>
    {children}
  </Table.Td>
);

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
    href={withQuery(paths.calls, { [FILTERS[by]]: group.group ?? '', ...range })}
    aria-label={`${formatCount(group.calls)} calls: ${name}`}
  >
    {formatCount(group.calls)}
  </Anchor>
);
