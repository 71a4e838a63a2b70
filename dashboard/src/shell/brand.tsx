import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './brand.module.css';

export const Brand = ({ name }: { readonly name: string }): ReactNode => (
  <Group gap={9} wrap="nowrap">
    <svg className={classes.mark} viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <rect width="24" height="24" rx="6.5" fill="currentColor" />
      <circle cx="9" cy="12" r="3.4" fill="none" stroke="white" strokeWidth="2" />
      <path d="M12.4 12H19v3.2M16 12v2.4" fill="none" stroke="white" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
    <Text fw={650} fz="lg" lh={1} truncate>
      {name}
    </Text>
  </Group>
);
