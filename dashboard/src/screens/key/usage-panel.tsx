import { Anchor, Button, Group, SimpleGrid, Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';

import { api, curl, type Key, type Schemas, take } from '../../api';
import { ConfirmDialog, ErrorPanel, Panel, Sparkline, Time } from '../../components';
import { paths, withQuery } from '../../paths';
import { useSession } from '../../session';
import { dayInWords, useDayOfCalls } from '../keys/use-day';
import { isAlive } from '../keys/status';
import { useUpdateKey } from './use-update-key';
import classes from './usage-panel.module.css';

const SHOWN = 6;
type Usage = Schemas['KeyUsageView'];

/** What the key was used for in 30 days, and how to narrow it down to that. */
export function UsagePanel({ keyView }: { readonly keyView: Key }): ReactNode {
  const { id } = keyView;
  const { data, error, refetch } = useKeyUsage(id);
  const day = useDayOfCalls([id])(id);
  return (
    <Panel
      title="Usage in 30 days"
      aside={
        <Anchor component={Link} href={withQuery(paths.calls, { keyId: id, range: '30d', from: data?.from, to: data?.to })} fz="sm">
          All its calls
        </Anchor>
      }
    >
      <ErrorPanel error={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton height={120} />}
      {data && (
        <>
          <Group gap="xl" className={classes.figures}>
            <Figure name="calls" value={data.calls} />
            <Figure name="went well" value={data.succeeded} />
            <Figure name="refused" value={data.denied} />
            <Figure name="errors" value={data.errors} />
            {data.verifications.calls > 0 && <Figure name="of them verifications" value={data.verifications.calls} />}
            {day && (
              <div>
                <Sparkline bars={day} label={dayInWords(day)} />
                <Text fz="xs" c="dimmed">
                  last 24 hours
                </Text>
              </div>
            )}
          </Group>
          {data.verifications.calls > 0 && (
            <Anchor component={Link} href={withQuery(paths.calls, { subjectKeyId: id })} fz="sm">
              Who had it verified
            </Anchor>
          )}
          {data.calls > data.verifications.calls && (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" mt="md">
              <Routes keyView={keyView} usage={data} />
              <Addresses keyView={keyView} usage={data} />
            </SimpleGrid>
          )}
        </>
      )}
    </Panel>
  );
}

export const useKeyUsage = (id: string) =>
  useQuery({
    queryKey: ['keys', id, 'usage'],
    queryFn: () => take(api.GET('/v1/api-keys/{id}/usage', { params: { path: { id } } })),
    staleTime: 30_000,
  });

const Figure = ({ name, value }: { readonly name: string; readonly value: number }): ReactNode => (
  <div>
    <Text className={classes.figure}>{value.toLocaleString('en')}</Text>
    <Text fz="xs" c="dimmed">
      {name}
    </Text>
  </div>
);

interface PartProps {
  readonly keyView: Key;
  readonly usage: Usage;
}

function Routes({ keyView, usage: { routes, verifications } }: PartProps): ReactNode {
  // Paths that do not exist, and calls that were all refused, are nothing to allow.
  const used = routes.filter(({ route, calls, denied }) => route !== null && calls > denied);
  const allowedEndpoints = used.map(({ method, route }) => ({
    method: method as Schemas['AllowedEndpointDto']['method'],
    // A parameter stands for anything: the path up to it.
    path: route!.includes(':') ? `${route!.slice(0, route!.indexOf(':'))}*` : route!,
  }));
  return (
    <div>
      <UseTable
        title="Routes"
        rows={routes
          .slice(0, SHOWN)
          .map(({ method, route, calls, lastAt }) => [`${method} ${route ?? '(no such path)'}`, calls, lastAt] as const)}
      />
      <Restrict
        keyView={keyView}
        what="routes"
        body={{ allowedEndpoints }}
        list={allowedEndpoints.map(({ method, path }) => `${method} ${path}`)}
        isVerified={verifications.calls > 0}
      />
    </div>
  );
}

function Addresses({ keyView, usage: { addresses, complete, oldestAt, verifications } }: PartProps): ReactNode {
  const allowedIps = addresses.map(({ ip }) => ip);
  return (
    <div>
      <UseTable title="Addresses" rows={addresses.slice(0, SHOWN).map(({ ip, calls, lastAt }) => [ip, calls, lastAt] as const)} />
      {!complete && oldestAt && (
        <Text fz="xs" c="dimmed">
          Of its calls since <Time at={oldestAt} as="exact" /> only.
        </Text>
      )}
      <Restrict
        keyView={keyView}
        what="addresses"
        body={{ allowedIps }}
        list={allowedIps}
        isSample={!complete}
        isVerified={verifications.calls > 0}
      />
    </div>
  );
}

const UseTable = ({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: ReadonlyArray<readonly [string, number, string]>;
}): ReactNode => (
  <Table aria-label={title} className={classes.uses} verticalSpacing={5} horizontalSpacing={4}>
    <Table.Thead>
      <Table.Tr>
        <Table.Th scope="col">{title}</Table.Th>
        <Table.Th scope="col" ta="right">
          Calls
        </Table.Th>
        <Table.Th scope="col" ta="right">
          Last
        </Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {rows.map(([name, calls, lastAt]) => (
        <Table.Tr key={name}>
          <Table.Td className="break">{name}</Table.Td>
          <Table.Td ta="right">{calls.toLocaleString('en')}</Table.Td>
          <Table.Td ta="right" className={classes.time}>
            <Time at={lastAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

interface RestrictProps {
  readonly keyView: Key;
  readonly what: 'routes' | 'addresses';
  readonly body: Schemas['UpdateKeyDto'];
  readonly list: readonly string[];
  /** There were more calls than these were read from. */
  readonly isSample?: boolean;
  /** Other services had it verified for calls of theirs. */
  readonly isVerified: boolean;
}

/** Allows what was used, and nothing else. */
function Restrict({ keyView, what, body, list, isSample = false, isVerified }: RestrictProps): ReactNode {
  const { may } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  const { id, name } = keyView;
  const { mutate, isPending, error } = useUpdateKey(id, `${name} is restricted to these ${what}.`);
  if (!may('api_key.update') || !isAlive(keyView) || list.length === 0) return null;
  return (
    <>
      <Button variant="default" size="xs" mt="xs" onClick={() => setIsOpen(true)} aria-label={`Restrict to these ${what}`}>
        Restrict to these …
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Restrict ${name} to these ${what}?`}
        action="Restrict the key"
        isBusy={isPending}
        error={error}
        command={() => curl('patch', '/v1/api-keys/{id}', { path: { id }, body })}
        onConfirm={() => mutate(body, { onSuccess: () => setIsOpen(false) })}
        onClose={() => setIsOpen(false)}
      >
        <Text>
          From then on calls {what === 'routes' ? 'to' : 'from'} anything else are refused. It replaces the restriction that there is.
        </Text>
        {isSample && (
          <Text c="var(--ks-warn)">
            These are the {what} of its newest calls only: others may have been used before. Look at its calls first.
          </Text>
        )}
        {isVerified && (
          <Text c="var(--ks-warn)">
            Other services had it verified. The {what} of their calls are not among these, and they may be told that the key is not valid.
          </Text>
        )}
        <ul className={classes.list}>
          {list.map((one) => (
            <li key={one}>
              <code>{one}</code>
            </li>
          ))}
        </ul>
      </ConfirmDialog>
    </>
  );
}
