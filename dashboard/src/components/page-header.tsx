import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

import { labels } from '../options';
import classes from './page-header.module.css';

interface PageHeaderProps {
  readonly title: string;
  /** Beside the title: badges. */
  readonly beside?: ReactNode;
  /** What the screen is for, in a sentence. */
  readonly description?: ReactNode;
  /** Above the title: the way back. */
  readonly above?: ReactNode;
  /** Buttons. */
  readonly children?: ReactNode;
}

let isFirstScreen = true;

/** The one `h1` of a screen. It is the title of the window, and takes the focus when somebody comes from another screen. */
export function PageHeader({ title, beside, description, above, children }: PageHeaderProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${labels.product}`;
  }, [title]);
  useEffect(() => {
    const isTaken = document.activeElement instanceof HTMLElement && document.activeElement.closest('form, [role="dialog"]') !== null;
    if (!isFirstScreen && !isTaken) heading.current?.focus({ preventScroll: true });
    if (!isFirstScreen) window.scrollTo(0, 0);
    isFirstScreen = false;
  }, []);
  return (
    <header className={classes.header}>
      <Stack gap={4} className={classes.words}>
        {above}
        <Group gap="sm">
          <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {beside}
        </Group>
        {description && (
          <Text c="dimmed" maw={640}>
            {description}
          </Text>
        )}
      </Stack>
      {children && (
        <Group gap="xs" className={classes.actions}>
          {children}
        </Group>
      )}
    </header>
  );
}
