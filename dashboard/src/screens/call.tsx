import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useParams } from 'wouter';

import { Allowed, PageHeader, Panel } from '../components';
import { useUrlState } from '../lib/use-url-state';
import { paths } from '../paths';
import { CallDetails } from './calls/call-details';

const TITLE = 'Call';

/** One call, at an address that can be sent to somebody. */
export default function CallScreen(): ReactNode {
  const { requestId } = useParams<{ requestId: string }>();
  const [{ scope }] = useUrlState({ scope: '' });
  return (
    <Allowed title={TITLE} scope="call_log.read">
      <PageHeader
        title={TITLE}
        above={
          <Anchor component={Link} href={paths.calls} fz="sm">
            Calls
          </Anchor>
        }
      />
      <Panel>
        <CallDetails requestId={requestId} scope={scope || undefined} />
      </Panel>
    </Allowed>
  );
}
