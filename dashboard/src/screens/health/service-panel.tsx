import { Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, take } from '../../api';
import { Code, fact, Facts, Panel, StatusBadge } from '../../components';
import { useSession } from '../../session';
import { useReplicas } from './use-replicas';

const REFRESH_MS = 10_000;

const REDIS = {
  connected: ['good', 'connected'],
  away: ['warn', 'away: limits are counted by each replica for itself'],
  none: ['quiet', 'not used'],
} as const;

/** This replica, its database and its Redis, and whether what stands before it is believed. */
export function ServicePanel(): ReactNode {
  const { person } = useSession();
  const ready = useQuery({
    queryKey: ['health', 'ready'],
    queryFn: () => take(api.GET('/health/ready')),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const who = useQuery({ queryKey: ['health', 'whoami'], queryFn: () => take(api.GET('/v1/whoami')) });
  const replicas = useReplicas(person.operator);
  const [tone, words] = replicas.data ? REDIS[replicas.data.redis] : (['quiet', ''] as const);
  return (
    <Panel title="Service">
      {ready.isPending ? (
        <Skeleton height={120} />
      ) : (
        <Stack gap="md">
          <Facts
            facts={[
              fact(
                'Answers',
                ready.error ? <StatusBadge tone="bad">{ready.error.message}</StatusBadge> : <StatusBadge tone="good">ready</StatusBadge>,
              ),
              fact(
                'Database',
                ready.error ? <StatusBadge tone="bad">does not answer</StatusBadge> : <StatusBadge tone="good">answers</StatusBadge>,
              ),
              fact('Redis', replicas.data && <StatusBadge tone={tone}>{words}</StatusBadge>),
              fact('You come from', who.data && <Code>{who.data.ip || 'an address that cannot be read'}</Code>),
            ]}
          />
          {who.data && <Proxy ip={who.data.ip} />}
        </Stack>
      )}
    </Panel>
  );
}

/** The service sees the proxy instead of people where it is not told to believe it: then allowlists judge the proxy. */
function Proxy({ ip }: { readonly ip: string }): ReactNode {
  const isLocalPage = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
  if (ip === '') {
    return <Text fz="sm">A proxy sends a chain of addresses that cannot be read. Keys with an allowlist are refused behind it.</Text>;
  }
  if (!isLocalPage && isPrivate(ip)) {
    return (
      <Text fz="sm">
        That looks like the address of a proxy. Name it in <Code>TRUSTED_PROXIES</Code>, or allowlists and the log take everybody for it.
      </Text>
    );
  }
  return (
    <Text fz="sm" c="dimmed">
      If that is not your address, a proxy stands in between and has to be named in <Code>TRUSTED_PROXIES</Code>.
    </Text>
  );
}

const isPrivate = (ip: string): boolean => /^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:)/.test(ip);
