import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useParams } from 'wouter';

import { Allowed, PageHeader, Panel } from '../components';
import { useUrlState } from '../lib/use-url-state';
import { paths } from '../paths';
import { EventDetails } from './audit/event-details';

const TITLE = 'Change';

/** One change, at an address that can be sent to somebody. */
export default function AuditEventScreen(): ReactNode {
  const { eventId } = useParams<{ eventId: string }>();
  const [{ scope }] = useUrlState({ scope: '' });
  return (
    <Allowed title={TITLE} scope="audit_event.read">
      <PageHeader
        title={TITLE}
        above={
          <Anchor component={Link} href={paths.audit} fz="sm">
            Audit trail
          </Anchor>
        }
      />
      <Panel>
        <EventDetails eventId={eventId} scope={scope} />
      </Panel>
    </Allowed>
  );
}
