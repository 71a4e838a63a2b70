import { Text, Tooltip } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

import { formatDay, formatExactly, formatRelative, timeZone } from '../lib/time';

interface TimeProps {
  /** RFC 3339. */
  readonly at: string;
  /** `relative`: 3 hours ago. `day`: 15 Apr 2026. `exact`: to the second, with the zone. `both`: exactly, and how long ago. */
  readonly as?: 'relative' | 'day' | 'exact' | 'both';
}

const REFRESH_MS = 20_000;

/** A moment as people read it, in their own zone; exactly, and in UTC, when they point at it. */
export function Time({ at, as = 'relative' }: TimeProps): ReactNode {
  const date = new Date(at);
  useTick(as === 'relative' || as === 'both');
  const text = { relative: formatRelative, day: formatDay, exact: formatExactly, both: formatExactly }[as](date);
  return (
    <Tooltip label={<ExactTime date={date} />}>
      <time dateTime={at}>
        {text}
        {as === 'both' && (
          <Text span fz="xs" c="dimmed">
            {' '}
            {formatRelative(date)}
          </Text>
        )}
      </time>
    </Tooltip>
  );
}

/** The moment, or a word where there is none. */
export const TimeOr = ({
  at,
  otherwise,
  as,
}: {
  readonly at: string | null;
  readonly otherwise: string;
  readonly as?: TimeProps['as'];
}): ReactNode =>
  at ? (
    <Time at={at} as={as} />
  ) : (
    <Text span inherit c="dimmed">
      {otherwise}
    </Text>
  );

const ExactTime = ({ date }: { readonly date: Date }): ReactNode => (
  <>
    {formatExactly(date)} ({timeZone()})
    <br />
    {date.toISOString()}
  </>
);

function useTick(isOn: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => setTick((tick) => tick + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, [isOn]);
}
