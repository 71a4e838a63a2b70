import { Anchor, Button, Group, Menu, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Ban, ChevronDown, Pencil, Power, PowerOff, RotateCw } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link, useParams } from 'wouter';

import { api, curl, type Key, take, useOwners } from '../api';
import { Code, CopyAsCurlItem, ErrorPanel, Facts, PageHeader, Panel, Time, TimeOr } from '../components';
import { hasScopes, hasTestKeys, labels } from '../options';
import { paths, withQuery } from '../paths';
import { useSession } from '../session';
import { AuditPanel } from './key/audit-panel';
import { CredentialsPanel } from './key/credentials-panel';
import { ScopesPanel } from './key/scopes-panel';
import { UsagePanel } from './key/usage-panel';
import { KeyBadges, TestBadge } from './keys/badges';
import { type KeyAction, KeyDialogs } from './keys/key-actions';
import { isAlive, rateOf, standingOf } from './keys/status';

const EditDialog = lazy(() => import('./key/edit-dialog'));

export default function KeyScreen(): ReactNode {
  const { keyId } = useParams<{ keyId: string }>();
  const { may } = useSession();
  const { data, error, refetch } = useQuery({
    queryKey: ['keys', keyId],
    queryFn: () => take(api.GET('/v1/api-keys/{id}', { params: { path: { id: keyId } } })),
    refetchInterval: 30_000,
  });
  const back = (
    <Anchor component={Link} href={paths.keys} fz="sm">
      {labels.keys}
    </Anchor>
  );
  if (!data) {
    return (
      <>
        <PageHeader title={error ? 'API key' : 'Loading'} above={back} />
        {error ? <ErrorPanel error={error} onRetry={() => void refetch()} /> : <Skeleton height={320} radius="lg" />}
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={data.name}
        above={back}
        description={data.description ?? undefined}
        beside={
          <Group gap={6}>
            <KeyBadges keyView={data} />
            <TestBadge keyView={data} />
          </Group>
        }
      >
        <Actions keyView={data} />
      </PageHeader>
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <FactsPanel keyView={data} />
          <CredentialsPanel keyView={data} />
        </SimpleGrid>
        {may('call_log.read') && <UsagePanel keyView={data} />}
        {hasScopes && <ScopesPanel keyView={data} />}
        {may('audit_event.read') && <AuditPanel keyId={keyId} />}
      </Stack>
    </>
  );
}

function Actions({ keyView }: { readonly keyView: Key }): ReactNode {
  const { may } = useSession();
  const [action, setAction] = useState<KeyAction | 'edit' | null>(null);
  const { id, status } = keyView;
  const isLive = isAlive(keyView);
  return (
    <>
      {isLive && may('api_key.rotate') && (
        <Button variant="default" leftSection={<RotateCw size={15} aria-hidden />} onClick={() => setAction('rotate')}>
          Rotate
        </Button>
      )}
      {isLive && may('api_key.revoke') && (
        <Button color="red" variant="light" leftSection={<Ban size={15} aria-hidden />} onClick={() => setAction('revoke')}>
          Revoke
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {isLive && may('api_key.update') && (
            <Menu.Item leftSection={<Pencil size={15} aria-hidden />} onClick={() => setAction('edit')}>
              Edit …
            </Menu.Item>
          )}
          {status === 'active' && may('api_key.update') && (
            <Menu.Item leftSection={<PowerOff size={15} aria-hidden />} onClick={() => setAction('disable')}>
              Disable …
            </Menu.Item>
          )}
          {status === 'disabled' && may('api_key.update') && (
            <Menu.Item leftSection={<Power size={15} aria-hidden />} onClick={() => setAction('enable')}>
              Enable …
            </Menu.Item>
          )}
          {may('call_log.read') && (
            <Menu.Item component={Link} href={withQuery(paths.calls, { keyId: id, range: '30d' })}>
              Its calls
            </Menu.Item>
          )}
          <CopyAsCurlItem command={() => curl('get', '/v1/api-keys/{id}', { path: { id } })} />
        </Menu.Dropdown>
      </Menu>
      {action === 'edit' ? (
        <Suspense>
          <EditDialog keyView={keyView} onClose={() => setAction(null)} />
        </Suspense>
      ) : (
        <KeyDialogs keyView={keyView} action={action} onClose={() => setAction(null)} />
      )}
    </>
  );
}

function FactsPanel({ keyView: key }: { readonly keyView: Key }): ReactNode {
  const { nameOf } = useOwners();
  const lines = (list: readonly string[]): ReactNode =>
    list.length === 0 ? (
      <Text c="dimmed">any</Text>
    ) : (
      <Group gap={4}>
        {list.map((one) => (
          <Code key={one}>{one}</Code>
        ))}
      </Group>
    );
  return (
    <Panel title="Facts">
      <Facts
        facts={[
          ['Prefix', <Code copy="Copy the prefix">{key.prefix}</Code>],
          ['Id', <Code copy="Copy the id">{key.id}</Code>],
          ['Status', standingOf(key).reason],
          ['Environment', hasTestKeys ? key.environment : undefined],
          ['Owner', nameOf(key.owner.id)],
          ['When the owner leaves', key.owner.type === 'user' ? onOwnerRemoved(key) : undefined],
          [
            'Created',
            <>
              <Time at={key.createdAt} as="both" /> by {nameOf(key.createdBy)}
            </>,
          ],
          [
            'Last used',
            <>
              <TimeOr at={key.lastUsedAt} otherwise="never" as="both" />
              {key.lastUsedIp && <> from {key.lastUsedIp}</>}
            </>,
          ],
          ['Expires', <TimeOr at={key.expiresAt} otherwise="never" as="exact" />],
          ['Rotation due', isAlive(key) ? <Time at={key.rotationDueAt} as="day" /> : undefined],
          ['Addresses', lines(key.allowedIps)],
          ['Referrers', lines(key.allowedReferrers)],
          ['Endpoints', lines(key.allowedEndpoints.map(({ method, path }) => `${method} ${path}`))],
          ['Rate limit', key.rateLimit ? rateOf(key.rateLimit) : <Text c="dimmed">none</Text>],
          ['Revoked', key.revokedAt ? <Revocation keyView={key} nameOf={nameOf} /> : undefined],
          ...Object.entries(key.metadata),
        ]}
      />
    </Panel>
  );
}

const onOwnerRemoved = (key: Key): string => (key.onOwnerRemoved === 'transfer' ? 'it goes to the organization' : 'it is revoked');

const Revocation = ({
  keyView: { revokedAt, revokedBy, revokeReason },
  nameOf,
}: {
  readonly keyView: Key;
  readonly nameOf: (id: string) => string;
}): ReactNode => (
  <>
    <Time at={revokedAt!} as="both" />
    {revokedBy && <> by {nameOf(revokedBy)}</>}
    {revokeReason && <>: {revokeReason}</>}
  </>
);
