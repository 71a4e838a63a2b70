import { SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { api, type Organization, take } from '../api';
import { Allowed, Code, ErrorPanel, fact, Facts, PageHeader, Panel, StatusBadge, Time } from '../components';
import { useSession } from '../session';
import { DangerZone } from './organization/danger-zone';
import { OrganizationForm } from './organization/organization-form';

const TITLE = 'Organization';

const OrganizationScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="organization.read">
    <OrganizationSettings />
  </Allowed>
);
export default OrganizationScreen;

function OrganizationSettings(): ReactNode {
  const { organizationId: id, may, person } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['organizations', id],
    queryFn: () => take(api.GET('/v1/organizations/{id}', { params: { path: { id } } })),
  });
  const retention = useQuery({
    queryKey: ['retention'],
    queryFn: () => take(api.GET('/v1/call-logs/retention')),
    enabled: may('call_log.read'),
  });
  return (
    <>
      <PageHeader title={TITLE} description="Rules for every key of the organization, and how long its records are kept." />
      <ErrorPanel error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton height={420} />}
      {data && (
        <Stack gap="lg">
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
            <Panel title="Facts">
              <OrganizationFacts organization={data} kept={retention.data} />
            </Panel>
            {/* Once it has been saved, the form begins with what was saved. */}
            {may('organization.update') && <OrganizationForm key={JSON.stringify(data)} organization={data} />}
          </SimpleGrid>
          {(may('organization.delete') || person.operator) && <DangerZone organization={data} />}
        </Stack>
      )}
    </>
  );
}

interface OrganizationFactsProps {
  readonly organization: Organization;
  readonly kept: { readonly callLogDays: number; readonly usageDays: number } | undefined;
}

const OrganizationFacts = ({ organization, kept }: OrganizationFactsProps): ReactNode => (
  <Facts
    facts={[
      fact('Name', organization.name),
      fact('Id', <Code copy="Copy the id">{organization.id}</Code>),
      fact('Status', <StatusBadge tone={organization.status === 'active' ? 'good' : 'bad'}>{organization.status}</StatusBadge>),
      fact('Founded', <Time at={organization.createdAt} as="day" />),
      fact('Keys live at most', daysOr(organization.maxKeyLifetimeSeconds, 'as long as their maker says')),
      fact('New keys have to expire', organization.keyExpiryRequired ? 'yes' : 'no'),
      fact('New keys need an allowlist', organization.keyAllowlistRequired ? 'yes' : 'no'),
      fact(
        'Rate limit of new keys',
        organization.defaultRateLimit
          ? `${organization.defaultRateLimit.limit} calls in ${organization.defaultRateLimit.windowSeconds} s`
          : 'none',
      ),
      fact('Calls are kept', kept && `${kept.callLogDays} days`),
      fact('Usage is kept', kept && `${kept.usageDays} days`),
    ]}
  />
);

const daysOr = (seconds: number | null, otherwise: string): string => (seconds === null ? otherwise : `${seconds / 86_400} days`);
