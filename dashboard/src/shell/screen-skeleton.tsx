import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

/** The shape of a screen before it is there. */
export const ScreenSkeleton = (): ReactNode => (
  <Stack gap="lg" p="md" role="status" aria-busy="true" aria-label="Loading">
    <Skeleton height={28} width={220} />
    <Skeleton height={280} radius="lg" />
  </Stack>
);
