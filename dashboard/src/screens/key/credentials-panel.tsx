import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, curl, type Key, type Schemas, take } from '../../api';
import { Code, ConfirmDialog, Panel, StatusBadge, Time, TimeOr, type Tone } from '../../components';
import { shownKey } from '../../options';
import { useSession } from '../../session';
import classes from './credentials-panel.module.css';

type Credential = Schemas['CredentialView'];

const STATES: Readonly<Record<Credential['state'], readonly [string, Tone]>> = {
  active: ['Current', 'good'],
  retiring: ['Ends soon', 'warn'],
  retired: ['Ended', 'quiet'],
};
const REFRESH_MS = 5_000;

/** The secrets of a key: during an overlap two of them work, and this says whether the old one is still needed. */
export const CredentialsPanel = ({ keyView }: { readonly keyView: Key }): ReactNode => (
  <Panel title="Secrets">
    <Stack gap="sm">
      {keyView.credentials.map((credential) => (
        <CredentialLine key={credential.prefix} keyView={keyView} credential={credential} />
      ))}
    </Stack>
  </Panel>
);

function CredentialLine({ keyView, credential }: { readonly keyView: Key; readonly credential: Credential }): ReactNode {
  const { prefix, state, createdAt, retiresAt, lastUsedAt } = credential;
  const { may } = useSession();
  const [isAsking, setIsAsking] = useState(false);
  const [word, tone] = keyView.status === 'revoked' ? (['Revoked', 'bad'] as const) : STATES[state];
  return (
    <div className={classes.credential} data-over={state === 'retired' || undefined}>
      <Group justify="space-between" gap="xs">
        <Code>{shownKey(prefix)}</Code>
        <StatusBadge tone={tone}>{word}</StatusBadge>
      </Group>
      <Text fz="sm" c="dimmed">
        Made <Time at={createdAt} as="exact" />, last used <TimeOr at={lastUsedAt} otherwise="never" as="exact" />
        {state === 'retired' && retiresAt && (
          <>
            , ended <Time at={retiresAt} as="exact" />
          </>
        )}
      </Text>
      {state === 'retiring' && retiresAt && (
        <>
          <Text fz="sm">
            It works until <Time at={retiresAt} as="exact" />. <LastCall keyView={keyView} credential={credential} />
          </Text>
          {may('api_key.rotate') && (
            <Button size="xs" variant="default" onClick={() => setIsAsking(true)}>
              End it now …
            </Button>
          )}
          <RetireDialog isOpen={isAsking} keyId={keyView.id} prefix={prefix} onClose={() => setIsAsking(false)} />
        </>
      )}
    </div>
  );
}

/** Whether anything still uses the old secret, and from where. */
function LastCall({
  keyView: { id },
  credential: { prefix, lastUsedAt },
}: {
  readonly keyView: Key;
  readonly credential: Credential;
}): ReactNode {
  const { may } = useSession();
  const { data } = useQuery({
    queryKey: ['calls', 'of-key', id],
    queryFn: () => take(api.GET('/v1/call-logs', { params: { query: { keyId: id, limit: 100 } } })),
    enabled: may('call_log.read'),
    refetchInterval: REFRESH_MS,
  });
  const last = data?.data.find(({ credentialPrefix, status }) => credentialPrefix === prefix && status < 400);
  if (last) {
    return (
      <>
        The old one was last used <Time at={last.at} as="exact" /> from {last.ip}.
      </>
    );
  }
  return lastUsedAt ? (
    <>
      The old one was last used <Time at={lastUsedAt} as="exact" />.
    </>
  ) : (
    'The old one has not been used.'
  );
}

interface RetireDialogProps {
  readonly isOpen: boolean;
  readonly keyId: string;
  readonly prefix: string;
  readonly onClose: () => void;
}

function RetireDialog({ isOpen, keyId, prefix, onClose }: RetireDialogProps): ReactNode {
  const client = useQueryClient();
  const path = { id: keyId, prefix };
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => take(api.POST('/v1/api-keys/{id}/credentials/{prefix}/retire', { params: { path } })),
    onSuccess: async () => {
      onClose();
      notifications.show({ message: 'The old secret has ended.' });
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title="End the old secret now?"
      action="End it now"
      isDanger
      isBusy={isPending}
      error={error}
      command={() => curl('post', '/v1/api-keys/{id}/credentials/{prefix}/retire', { path })}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      <Text>
        <Code>{shownKey(prefix)}</Code> stops working at once. Programs that still use it get 401. The new secret is not touched.
      </Text>
    </ConfirmDialog>
  );
}
