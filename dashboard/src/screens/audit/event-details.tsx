import { Anchor, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { api, type AuditEvent, curl, take } from '../../api';
import { Code, CopyAsCurl, ErrorPanel, fact, Facts, Time } from '../../components';
import { paths, withQuery } from '../../paths';
import { useSession } from '../../session';
import { changesOf } from './changes';
import classes from './event-details.module.css';
import { useActorNames } from './use-actor-names';

interface EventDetailsProps {
  readonly eventId: string;
  /** `installation` for a change of no organization, `''` for the others. */
  readonly scope: string;
  readonly aside?: ReactNode;
}

/** Everything about one change: who, when, from where, what was before and what is after. */
export function EventDetails({ eventId, scope, aside }: EventDetailsProps): ReactNode {
  const query = scope === 'installation' ? ({ scope } as const) : {};
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', 'one', eventId, scope],
    queryFn: () => take(api.GET('/v1/audit-events/{id}', { params: { path: { id: eventId }, query } as never })),
  });
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} />;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Code>{data.action}</Code>
        {aside}
      </Group>
      <EventFacts event={data} />
      <Changes event={data} />
      <Stack gap="xs">
        <Title order={3}>In the chain</Title>
        <Facts
          facts={[
            fact('Event', `${data.sequence}`),
            fact('Hash', <Code copy="Copy the hash">{data.hash}</Code>),
            fact('Of the one before', <Code>{data.previousHash}</Code>),
          ]}
        />
      </Stack>
      <Group>
        <CopyAsCurl command={() => curl('get', '/v1/audit-events/{id}', { path: { id: eventId }, query })} />
      </Group>
    </Stack>
  );
}

function EventFacts({ event }: { readonly event: AuditEvent }): ReactNode {
  const { may } = useSession();
  const { actorOf, targetOf } = useActorNames([event]);
  const { actor, target, requestId } = event;
  return (
    <Facts
      facts={[
        fact('When', <Time at={event.at} as="exact" />),
        fact('Who', actor.id === null ? actorOf(event) : <Filtered name="actorId" value={actor.id} label={actorOf(event)} />),
        fact('Of', target.id === null ? target.type : <Filtered name="targetId" value={target.id} label={targetOf(event)} />),
        fact('Key', target.type === 'api_key' && target.id !== null && may('api_key.read') ? <KeyLink id={target.id} /> : undefined),
        fact('Reason', event.reason ?? undefined),
        fact('Address', event.ip ?? undefined),
        fact('Call', requestId === null ? undefined : <CallLink requestId={requestId} />),
        ...Object.entries(event.personal ?? {}).map(([name, value]) => fact(name, String(value))),
      ]}
    />
  );
}

const KeyLink = ({ id }: { readonly id: string }): ReactNode => (
  <Anchor component={Link} href={paths.key(id)}>
    Show the key
  </Anchor>
);

function CallLink({ requestId }: { readonly requestId: string }): ReactNode {
  const { may } = useSession();
  if (!may('call_log.read')) return <Code>{requestId}</Code>;
  return (
    <Anchor component={Link} href={paths.call(requestId)} className="break">
      {requestId}
    </Anchor>
  );
}

const Filtered = ({ name, value, label }: { readonly name: string; readonly value: string; readonly label: string }): ReactNode => (
  <Anchor component={Link} href={withQuery(paths.audit, { [name]: value })} title="Everything about it" className="break">
    {label}
  </Anchor>
);

function Changes({ event }: { readonly event: AuditEvent }): ReactNode {
  const changes = changesOf(event);
  if (changes.length === 0) return <Text c="dimmed">It changed no field.</Text>;
  return (
    <Stack gap="xs">
      <Title order={3}>{event.before === null ? 'What it says' : 'Before and after'}</Title>
      <table className={classes.changes}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            {event.before !== null && <th scope="col">Before</th>}
            {event.after !== null && <th scope="col">After</th>}
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, before, after }) => (
            <tr key={field}>
              <th scope="row">{field}</th>
              {event.before !== null && (
                <td>{(before ?? undefined) === undefined ? '–' : <del className={classes.before}>{before}</del>}</td>
              )}
              {event.after !== null && <td>{(after ?? undefined) === undefined ? '–' : <ins className={classes.after}>{after}</ins>}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  );
}
