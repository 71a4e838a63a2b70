import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useState } from 'react';

import { curl, type Key } from '../../api';
import { Code, ConfirmDialog, Panel, StatusBadge, TimeOr } from '../../components';
import { useSession } from '../../session';
import { isAlive } from '../keys/status';
import classes from './usage-panel.module.css';
import { useKeyUsage } from './usage-panel';
import { useUpdateKey } from './use-update-key';

const ScopePicker = lazy(() => import('../new-key/scope-picker'));

const NEEDED_FOR = {
  verifications: 'Other services had it verified, and which scopes they asked about is not kept.',
  grants: 'It made or changed keys, roles or members, for which it must hold what they may do.',
} as const;

/** What the key may do, beside what it did. */
export function ScopesPanel({ keyView }: { readonly keyView: Key }): ReactNode {
  const { may } = useSession();
  return may('call_log.read') ? <ComparedScopes keyView={keyView} /> : <GrantedScopes keyView={keyView} />;
}

const GrantedScopes = ({ keyView }: { readonly keyView: Key }): ReactNode => (
  <Panel title="Scopes" aside={<ChangeScopes keyView={keyView} />}>
    <Group gap={6}>
      {keyView.scopes.map((scope) => (
        <Code key={scope}>{scope}</Code>
      ))}
      {keyView.scopes.length === 0 && <Text c="dimmed">none</Text>}
    </Group>
  </Panel>
);

function ComparedScopes({ keyView }: { readonly keyView: Key }): ReactNode {
  const { data } = useKeyUsage(keyView.id);
  const unused = new Set(data?.scopes.unused);
  const used = new Map(data?.scopes.used.map(({ scope, lastAt }) => [scope, lastAt]));
  const rows = [...new Set([...keyView.scopes, ...used.keys()])];
  return (
    <Panel
      title="Scopes"
      aside={
        <Group gap="xs">
          {data && (
            <RemoveUnused keyView={keyView} sufficient={data.scopes.sufficient} unused={data.scopes.unused} calls={data.replay.calls} />
          )}
          <ChangeScopes keyView={keyView} />
        </Group>
      }
    >
      {data && data.scopes.allNeededFor.length > 0 && (
        <Text fz="sm" c="dimmed" mb="xs">
          {data.scopes.allNeededFor.map((why) => NEEDED_FOR[why]).join(' ')} So none of its scopes counts as unused.
        </Text>
      )}
      {rows.length === 0 ? (
        <Text c="dimmed">It holds none: it may only ask who it is.</Text>
      ) : (
        <Table aria-label="Scopes" className={classes.uses} verticalSpacing={6} horizontalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Scope</Table.Th>
              <Table.Th scope="col">Granted</Table.Th>
              <Table.Th scope="col">Used in 30 days</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((scope) => (
              <Table.Tr key={scope}>
                <Table.Td>
                  <Code>{scope}</Code>
                </Table.Td>
                <Table.Td>{keyView.scopes.includes(scope) ? 'yes' : 'by a wildcard'}</Table.Td>
                <Table.Td>
                  {unused.has(scope) ? (
                    <StatusBadge tone="warn">Not used</StatusBadge>
                  ) : (
                    <TimeOr at={used.get(scope) ?? null} otherwise="–" />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}

interface RemoveUnusedProps {
  readonly keyView: Key;
  readonly sufficient: readonly string[];
  readonly unused: readonly string[];
  readonly calls: number;
}

/** Leaves the key what it used. */
function RemoveUnused({ keyView, sufficient, unused, calls }: RemoveUnusedProps): ReactNode {
  const { may } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const { id, name } = keyView;
  const { mutate, isPending, error } = useUpdateKey(id, `${name} holds only what it uses.`);
  if (!may('api_key.update') || !isAlive(keyView) || unused.length === 0) return null;
  const body = { scopes: [...sufficient] };
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setIsOpen(true)}>
        Remove unused …
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title="Remove the scopes that are not used?"
        action="Remove unused"
        isBusy={isPending}
        error={error}
        command={() => curl('patch', '/v1/api-keys/{id}', { path: { id }, body })}
        onConfirm={() => mutate(body, { onSuccess: () => setIsOpen(false) })}
        onClose={() => setIsOpen(false)}
      >
        <Text>
          {calls > 0
            ? `Of its ${calls.toLocaleString('en')} calls that were let in during 30 days none would have been refused.`
            : 'It was not used in 30 days: it would hold nothing.'}
        </Text>
        <Stack gap={6}>
          <Text fz="sm">Removed: {unused.join(', ')}</Text>
          <Text fz="sm">Left: {sufficient.length > 0 ? sufficient.join(', ') : 'none'}</Text>
        </Stack>
      </ConfirmDialog>
    </>
  );
}

function ChangeScopes({ keyView }: { readonly keyView: Key }): ReactNode {
  const { may } = useSession();
  const [scopes, setScopes] = useState<readonly string[] | null>(null);
  const { id, name } = keyView;
  const { mutate, isPending, error } = useUpdateKey(id, `The scopes of ${name} are changed.`);
  if (!may('api_key.update') || !isAlive(keyView)) return null;
  const body = { scopes: [...(scopes ?? [])] };
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setScopes(keyView.scopes)}>
        Change …
      </Button>
      <ConfirmDialog
        isOpen={scopes !== null}
        title={`Scopes of ${name}`}
        action="Save the scopes"
        isBusy={isPending}
        error={error}
        command={() => curl('patch', '/v1/api-keys/{id}', { path: { id }, body })}
        onConfirm={() => mutate(body, { onSuccess: () => setScopes(null) })}
        onClose={() => setScopes(null)}
      >
        <Suspense>
          <ScopePicker value={scopes ?? []} error={null} onChange={setScopes} />
        </Suspense>
      </ConfirmDialog>
    </>
  );
}
