import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { api, take } from '../../api';
import { Code, StatusBadge } from '../../components';
import { formatCount } from '../../lib/numbers';

/** Whether the chain is whole, checked from its first event when somebody asks. */
export function ChainBadge({ scope }: { readonly scope: string }): ReactNode {
  const query = scope === 'installation' ? ({ scope } as const) : {};
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['audit-chain', scope],
    queryFn: () => take(api.GET('/v1/audit-events/verify', { params: { query } as never })),
    enabled: false,
  });
  if (error) return <StatusBadge tone="warn">{error.message}</StatusBadge>;
  if (data?.valid) {
    return (
      <>
        <StatusBadge tone="good">Verified: all {formatCount(data.checked)} events are whole</StatusBadge>
        <Text fz="xs" c="dimmed" component="div">
          The newest has the hash <Code copy="Copy the newest hash">{data.head.hash}</Code>
        </Text>
      </>
    );
  }
  if (data) return <StatusBadge tone="bad">Broken at event {data.firstBrokenSequence}</StatusBadge>;
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<ShieldCheck size={14} aria-hidden />}
      loading={isFetching}
      onClick={() => void refetch()}
    >
      Verify
    </Button>
  );
}
