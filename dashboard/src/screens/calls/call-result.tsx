import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Call } from '../../api';
import { StatusBadge, type Tone } from '../../components';

function toneOf(status: number): Tone {
  if (status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}

/** The status of an answer and, where it was refused, the code. */
export const CallResult = ({ call: { status, code } }: { readonly call: Pick<Call, 'status' | 'code'> }): ReactNode => (
  <Group gap={8} wrap="nowrap">
    <StatusBadge tone={toneOf(status)}>{status}</StatusBadge>
    {code && (
      <Text fz="sm" className="break">
        {code}
      </Text>
    )}
  </Group>
);
