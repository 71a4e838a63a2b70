import { Anchor, Group, Paper, Text } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';

import { docs, labels } from '../options';
import { Brand } from './brand';
import classes from './open-frame.module.css';

/** Around the screens for people who are not signed in. */
export const OpenFrame = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <div className={classes.frame}>
    <Group justify="center" mb="lg">
      <Brand name={labels.product} />
    </Group>
    <main id="content">
      <Paper className={classes.card}>
        <Suspense fallback={<div className={classes.blank} />}>{children}</Suspense>
      </Paper>
    </main>
    <Text ta="center" fz="sm" c="dimmed" mt="lg">
      <Anchor href={docs} inherit>
        Documentation
      </Anchor>
    </Text>
  </div>
);
