import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './status-badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

interface StatusBadgeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** Why it is so. */
  readonly reason?: ReactNode;
}

/** A word about how something stands. The colour repeats what the word says. */
export function StatusBadge({ tone, children, reason }: StatusBadgeProps): ReactNode {
  const badge = (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
  return reason ? (
    <Tooltip label={reason} multiline maw={320}>
      {badge}
    </Tooltip>
  ) : (
    badge
  );
}
