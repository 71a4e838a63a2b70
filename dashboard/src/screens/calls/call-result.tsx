import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Call } from '../../api';
import { StatusBadge, type Tone } from '../../components';
import { formatCount } from '../../lib/numbers';

function toneOf(status: number): Tone {
  if (status >= 500) return 'bad';
  return status >= 400 ? 'warn' : 'good';
}

/** The status of an answer and, where it was refused or a verified key was not valid, the code; and how many calls were answered so, where they share a row. */
export const CallResult = ({ call: { status, code, calls } }: { readonly call: Pick<Call, 'status' | 'code' | 'calls'> }): ReactNode => (
  <Group gap={8} wrap="nowrap">
    <StatusBadge tone={toneOf(status)}>{status}</StatusBadge>
    {code && (
      <Text fz="sm" className="break">
        {code}
      </Text>
    )}
    {calls > 1 && (
      <Text fz="sm" fw={600} className="figures">
        {formatCount(calls)} calls
      </Text>
    )}
  </Group>
);
