import { Button } from '@mantine/core';
import { Compass } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { EmptyState, PageHeader } from '../components';
import { paths } from '../paths';

export default function NotFoundScreen(): ReactNode {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        icon={<Compass size={20} />}
        title="There is nothing at this address"
        action={
          <Button component={Link} href={paths.home} variant="default">
            To the start
          </Button>
        }
      />
    </>
  );
}
