import { ShieldOff } from 'lucide-react';
import type { ReactNode } from 'react';

import { useSession } from '../session';
import { EmptyState } from './empty-state';
import { PageHeader } from './page-header';

interface AllowedProps {
  readonly title: string;
  /** What somebody needs to find anything on the screen. */
  readonly scope: string;
  readonly children: ReactNode;
}

/** A screen, or, to people whom the API would refuse it, the reason why there is none. */
export function Allowed({ title, scope, children }: AllowedProps): ReactNode {
  const { may } = useSession();
  if (may(scope)) return children;
  return (
    <>
      <PageHeader title={title} />
      <EmptyState icon={<ShieldOff size={22} />} title="This is not for your role">
        It takes the scope {scope}. Whoever looks after the members of your organization can give you a role that has it.
      </EmptyState>
    </>
  );
}
