import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';

import { hostSignIn } from '../../options';

/** The way to what the audit chain proves, and what not. A host has no such page. */
export const WhatIsProven = (): ReactNode =>
  hostSignIn === undefined && (
    <Anchor href="/docs/audit" inherit underline="always">
      What that proves
    </Anchor>
  );
