import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './panel.module.css';

/** A part of a screen with a heading of its own. */
export const Panel = ({
  title,
  aside,
  children,
}: {
  readonly title?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactNode => (
  <section className={classes.panel} aria-label={title}>
    {title && (
      <Group justify="space-between" gap="xs" mb="sm">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
    )}
    {children}
  </section>
);
