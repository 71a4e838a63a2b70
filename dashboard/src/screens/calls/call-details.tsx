import { Anchor, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

import { api, type Call, curl, Failure, type Schemas, take, useOwners } from '../../api';
import { Code, CodeBlock, CopyAsCurl, ErrorPanel, fact, Facts, Time } from '../../components';
import { formatBytes, formatCount, formatLatency } from '../../lib/numbers';
import { paths, withQuery } from '../../paths';
import { useSession } from '../../session';
import classes from './call-details.module.css';
import { CallResult } from './call-result';

interface CallDetailsProps {
  readonly requestId: string;
  /** `installation` for a call of no organization. */
  readonly scope: string | undefined;
  readonly aside?: ReactNode;
}

/** Everything about one call, and why it was answered as it was. */
export function CallDetails({ requestId, scope, aside }: CallDetailsProps): ReactNode {
  const { may } = useSession();
  const query = scope === 'installation' ? { scope } : ({} as const);
  const {
    data: call,
    error,
    refetch,
  } = useQuery({
    queryKey: ['calls', 'one', requestId, scope],
    queryFn: () => take(api.GET('/v1/call-logs/{requestId}', { params: { path: { requestId }, query } as never })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <ErrorPanel error={error} onRetry={() => void refetch()} />;
  if (!call) return <Skeleton height={320} />;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <CallResult call={call} />
        {aside}
      </Group>
      <CallFacts call={call} />
      {call.keyId !== null && may('api_key.read') && <Explanation requestId={requestId} />}
      <Group>
        <CopyAsCurl command={() => curl('get', '/v1/call-logs/{requestId}', { path: { requestId }, query })} />
        {call.keyId !== null && may('audit_event.read') && (
          <Anchor component={Link} href={withQuery(paths.audit, { targetId: call.keyId, to: call.at })} fz="sm">
            Changes of this key before this call
          </Anchor>
        )}
      </Group>
    </Stack>
  );
}

function CallFacts({ call }: { readonly call: Call }): ReactNode {
  const { nameOf } = useOwners();
  const isByPerson = call.principalType === 'user';
  const more = (filter: string, value: string, name = value): ReactNode => (
    <Anchor component={Link} href={withQuery(paths.calls, { [filter]: value })} title="Other calls like it">
      {name}
    </Anchor>
  );
  return (
    <Facts
      facts={[
        fact('Request id', <Code copy="Copy the request id">{call.requestId}</Code>),
        fact('At', <Time at={call.at} as="exact" />),
        fact(
          'Calls',
          call.calls > 1
            ? `${formatCount(call.calls)} of this second and address, past its limit of bad credentials. This is the first of them.`
            : undefined,
        ),
        fact('Call', <Code>{`${call.method} ${call.path}`}</Code>),
        fact('Route', call.route === null ? 'None has this path' : more('route', call.route)),
        fact('Key', call.keyId === null ? undefined : <KeyLink keyId={call.keyId} name={call.keyName} />),
        // Calls are found by who made them: a person's by the person, a key's by the key.
        fact(
          'Person',
          call.userId === null ? undefined : isByPerson ? more('principalId', call.userId, nameOf(call.userId)) : nameOf(call.userId),
        ),
        fact('Presented', call.credentialPrefix === null ? undefined : <Code>{call.credentialPrefix}</Code>),
        fact('Verified key', call.subjectKeyId === null ? undefined : <KeyLink keyId={call.subjectKeyId} name={null} />),
        fact('Address', call.ip ? more('ip', call.ip) : 'The proxy’s chain of addresses could not be read'),
        fact('User agent', call.userAgent ?? undefined),
        fact('Referrer', call.referrer ?? undefined),
        fact('Environment', call.environment ?? undefined),
        fact('Scopes asked for', call.requiredScopes.length > 0 ? call.requiredScopes.join(', ') : 'none'),
        fact('Took', formatLatency(call.latencyMs)),
        fact('Answer', formatBytes(call.responseBytes)),
        fact('Caller’s request id', call.inboundRequestId ?? undefined),
      ]}
    />
  );
}

function KeyLink({ keyId, name }: { readonly keyId: string; readonly name: string | null }): ReactNode {
  const { may } = useSession();
  if (!may('api_key.read')) return name ?? keyId;
  return (
    <Anchor component={Link} href={paths.key(keyId)}>
      {name ?? keyId}
    </Anchor>
  );
}

/** Each check that the call met, and the smallest change that would let it through. */
function Explanation({ requestId }: { readonly requestId: string }): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['calls', 'explain', requestId],
    queryFn: () => take(api.GET('/v1/call-logs/{requestId}/explain', { params: { path: { requestId } } })),
    retry: false,
  });
  // The key, or what was known of the call, may be gone.
  if (error instanceof Failure && error.status === 404) return null;
  if (error) return <ErrorPanel error={error} />;
  if (!data) return <Skeleton height={160} />;
  return (
    <Stack gap="sm" component="section" aria-label="Why it was answered so">
      <Title order={3}>Why it was answered so</Title>
      {data.changedSince && (
        <Text fz="sm" c="dimmed">
          Something was changed since ({data.changedSince.action}): lists, scopes and roles are those of now.
        </Text>
      )}
      {data.note && <Text>{data.note}</Text>}
      {data.allowed && data.checks.length === 0 && <Text>Anybody may call this route. Nobody looked at the key.</Text>}
      <ul className={classes.checks}>
        {data.checks.map((check) => (
          <CheckLine key={check.check} check={check} />
        ))}
      </ul>
      {isOfEndpoint(data) && (
        <Text>
          {data.checks.length > 0 && 'The key was let in. '}The endpoint itself answered {data.answered}
          {data.answeredCode && ` (${data.answeredCode})`}.
        </Text>
      )}
      {data.change && <Change change={data.change} />}
    </Stack>
  );
}

/** What it means that a check was passed. One that was not is called by the code of the refusal. */
const PASSED: Readonly<Record<string, string>> = {
  api_key_revoked: 'not revoked',
  api_key_disabled: 'not disabled',
  api_key_expired: 'not expired',
  owner_inactive: 'its owner is active',
  organization_suspended: 'its organization is active',
  wrong_environment: 'of the right environment',
  ip_not_allowed: 'from an allowed address',
  referrer_not_allowed: 'from an allowed page',
  endpoint_not_allowed: 'to an allowed endpoint',
  rate_limited: 'within the rate limit',
  insufficient_scope: 'with the scopes that it takes',
};

/** Whether the endpoint refused, or failed, after the key was let in: not what the guard answered by a key that has been changed since. */
const isOfEndpoint = ({ allowed, answered, answeredCode }: Schemas['CallExplanationView']): boolean =>
  allowed && answered >= 400 && answered !== 401 && !(answeredCode !== null && answeredCode in PASSED);

const CheckLine = ({ check: { check, passed, reason, fix } }: { readonly check: Schemas['CheckView'] }): ReactNode => (
  <li className={classes.check}>
    {passed ? (
      <Check size={16} className={classes.passed} aria-label="passed" />
    ) : (
      <X size={16} className={classes.failed} aria-label="failed" />
    )}
    <div>
      <Text component="span" fz="sm" fw={passed ? 400 : 600} c={passed ? 'dimmed' : undefined}>
        {passed ? (PASSED[check] ?? check) : check}
      </Text>
      {!passed && reason && <Text className="break">{reason}</Text>}
      {!passed && fix && (
        <Text c="dimmed" className="break">
          {fix}
        </Text>
      )}
    </div>
  </li>
);

const Change = ({ change: { patch, steps } }: { readonly change: Schemas['ChangeView'] }): ReactNode => (
  <Stack gap="xs">
    <Title order={3}>What would let it through</Title>
    {steps.map((step) => (
      <Text key={step}>{step}</Text>
    ))}
    {patch && <CodeBlock label="Change of the key">{JSON.stringify(patch, null, 2)}</CodeBlock>}
  </Stack>
);
