import { Anchor, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { api, take, useOwners } from '../../api';
import { Code, ErrorPanel, Panel, Time } from '../../components';
import { paths, withQuery } from '../../paths';

const SHOWN = 10;

/** The newest changes of a key: who did what. */
export function AuditPanel({ keyId }: { readonly keyId: string }): ReactNode {
  const { nameOf } = useOwners();
  const { data, error } = useQuery({
    queryKey: ['keys', keyId, 'audit'],
    queryFn: () => take(api.GET('/v1/audit-events', { params: { query: { targetId: keyId, limit: SHOWN } } })),
  });
  return (
    <Panel
      title="Audit trail"
      aside={
        <Anchor component={Link} href={withQuery(paths.audit, { targetId: keyId })} fz="sm">
          All of it
        </Anchor>
      }
    >
      <ErrorPanel error={error} />
      {!data && !error && <Skeleton height={80} />}
      <Stack gap={8}>
        {data?.data.map(({ id, action, actor, at, reason }) => (
          <Group key={id} gap={8}>
            <Anchor component={Link} href={paths.auditEvent(id)}>
              <Code>{action}</Code>
            </Anchor>
            <Text fz="sm">
              {actor.id ? `by ${nameOf(actor.id)}, ` : ''}
              <Time at={at} as="both" />
              {reason && `: ${reason}`}
            </Text>
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}
