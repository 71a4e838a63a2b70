import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, curl, take } from '../../api';
import { CopyAsCurl, ErrorPanel, fact, Facts, Panel, TimeOr } from '../../components';
import { formatCount } from '../../lib/numbers';

/** The hourly job that deletes what is older than the organization keeps it. */
export function RetentionPanel(): ReactNode {
  const { data, error } = useQuery({ queryKey: ['retention'], queryFn: () => take(api.GET('/v1/call-logs/retention')) });
  return (
    <Panel title="Retention" aside={<CopyAsCurl command={() => curl('get', '/v1/call-logs/retention')} />}>
      <ErrorPanel error={error} />
      {!data && !error && <Skeleton height={120} />}
      {data && (
        <Facts
          facts={[
            fact('Calls are kept', `${data.callLogDays} days`),
            fact('Usage is kept', `${data.usageDays} days`),
            fact('Last run', <TimeOr at={data.lastStartedAt} otherwise="not yet: the first one comes within minutes" />),
            fact(
              'It removed',
              data.lastStartedAt === null ? undefined : `${formatCount(data.removedCalls)} calls, ${formatCount(data.removedUsage)} counts`,
            ),
          ]}
        />
      )}
    </Panel>
  );
}
