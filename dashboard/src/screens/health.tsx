import { SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';

import { Allowed, PageHeader } from '../components';
import { useSession } from '../session';
import { CheckpointsPanel } from './health/checkpoints-panel';
import { JournalPanel } from './health/journal-panel';
import { ReplicasPanel } from './health/replicas-panel';
import { RetentionPanel } from './health/retention-panel';
import { ServicePanel } from './health/service-panel';

const TITLE = 'Health';

/** What an operator, or an auditor, asks first: does it answer, does it agree with itself, is any call missing. */
export default function HealthScreen(): ReactNode {
  const { may, person } = useSession();
  return (
    <Allowed title={TITLE} scope="call_log.read">
      <PageHeader
        title={TITLE}
        description="Whether the service answers, whether its replicas agree, and whether every call that was answered was stored."
      />
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <ServicePanel />
          <RetentionPanel />
        </SimpleGrid>
        {person.operator && <ReplicasPanel />}
        <JournalPanel />
        {may('audit_event.read') && <CheckpointsPanel />}
      </Stack>
    </Allowed>
  );
}
