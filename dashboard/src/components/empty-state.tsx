import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './empty-state.module.css';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  /** One sentence. */
  readonly children?: ReactNode;
  /** One button. */
  readonly action?: ReactNode;
  /** One command. */
  readonly command?: ReactNode;
}

/** What stands where there is nothing to show yet. */
export const EmptyState = ({ icon, title, children, action, command }: EmptyStateProps): ReactNode => (
  <Stack align="center" gap="sm" className={classes.empty}>
    <div className={classes.icon} aria-hidden>
      {icon}
    </div>
    <Text fw={600}>{title}</Text>
    {children && (
      <Text c="dimmed" ta="center" maw={440}>
        {children}
      </Text>
    )}
    {action}
    {command && <div className={classes.command}>{command}</div>}
  </Stack>
);
