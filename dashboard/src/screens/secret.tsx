import { Alert, Anchor, Button, Checkbox, Group, List, Modal, Stack, Text, Title } from '@mantine/core';
import { Check, Copy, TriangleAlert } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';

import { PageHeader, Time } from '../components';
import { copyText } from '../lib/copy';
import { useLeaveGuard } from '../lib/leave-guard';
import { docs, shownKey } from '../options';
import type { IssuedSecret } from '../shell/issued-secret';
import { Examples } from './secret/examples';
import classes from './secret/secret.module.css';

interface SecretScreenProps {
  readonly secret: IssuedSecret;
  readonly onDone: () => void;
}

/** The one moment at which a secret is shown. It stays until somebody has it, and is nowhere afterwards. */
export default function SecretScreen({ secret: { issued, isNewKey }, onDone }: SecretScreenProps): ReactNode {
  const [isSafe, setIsSafe] = useState(false);
  const [isStored, setIsStored] = useState(false);
  /** Where somebody wants to go without the key. */
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const isGuarded = !isSafe && !isStored;
  const ask = useCallback((go: () => void) => setLeave(() => go), []);
  useLeaveGuard(isGuarded, ask);
  const done = useCallback(() => {
    if (isGuarded) setLeave(() => () => undefined);
    else onDone();
  }, [isGuarded, onDone]);
  useEscape(done, leave === null);
  return (
    <>
      <PageHeader title={isNewKey ? `${issued.name} is created` : `${issued.name} has a new secret`} />
      <Stack gap="lg" maw={760}>
        <SecretBox secret={issued.key} onSafe={() => setIsSafe(true)} />
        {!isNewKey && <OldSecret issued={issued} />}
        <section aria-label="Try it">
          <Title order={2} mb="xs">
            Try it
          </Title>
          <Examples issued={issued} />
        </section>
        <Storage />
        <Group justify="space-between">
          <Checkbox label="I have stored the key" checked={isStored} onChange={(event) => setIsStored(event.currentTarget.checked)} />
          <Button variant={isGuarded ? 'default' : 'filled'} onClick={done}>
            Done
          </Button>
        </Group>
      </Stack>
      <LeaveQuestion
        isOpen={leave !== null}
        onStay={() => setLeave(null)}
        onLeave={() => {
          onDone();
          leave?.();
        }}
      />
    </>
  );
}

function SecretBox({ secret, onSafe }: { readonly secret: string; readonly onSafe: () => void }): ReactNode {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const text = useRef<HTMLElement>(null);
  useEffect(() => button.current?.focus(), []);
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(secret);
    setOutcome(isCopied ? 'copied' : 'refused');
    if (isCopied) onSafe();
    else if (text.current) window.getSelection()?.selectAllChildren(text.current);
  };
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<TriangleAlert size={18} aria-hidden />}
      title="Copy the key now: you won’t be able to see it again"
    >
      <Text fz="sm">Only a digest of it is kept. A lost key cannot be recovered, only replaced.</Text>
      <div className={classes.secret}>
        {/* Copied by hand is copied, too. */}
        <code ref={text} data-testid="secret" onCopy={onSafe}>
          {secret}
        </code>
        <Button
          ref={button}
          onClick={() => void copy()}
          leftSection={outcome === 'copied' ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        >
          {outcome === 'copied' ? 'Copied' : 'Copy key'}
        </Button>
      </div>
      <Text fz="sm" role="status" mt={outcome ? 'xs' : 0}>
        {outcome === 'copied' && 'The key is in the clipboard. Store it now.'}
        {outcome === 'refused' && 'This browser does not let the page copy. The key is selected: copy it by hand.'}
      </Text>
    </Alert>
  );
}

function OldSecret({ issued: { credentials } }: { readonly issued: IssuedSecret['issued'] }): ReactNode {
  const old = credentials.find(({ state }) => state === 'retiring');
  if (!old?.retiresAt) return <Text>The old secret has stopped working.</Text>;
  return (
    <Text>
      The old secret <code>{shownKey(old.prefix)}</code> works until <Time at={old.retiresAt} as="exact" />. Deploy the new one, then end
      the old one on the page of the key.
    </Text>
  );
}

const Storage = (): ReactNode => (
  <section aria-label="Where to store it">
    <Title order={2} mb="xs">
      Where to store it
    </Title>
    <List spacing={4}>
      <List.Item>
        In a secrets manager: 1Password, AWS Secrets Manager or Vault. Programs read it from there or from an environment variable.
      </List.Item>
      <List.Item>Never commit it to source control, and never put it into a URL: use headers only.</List.Item>
      <List.Item>Use separate keys per environment: staging keys for staging, production keys for production.</List.Item>
      <List.Item>Rotate it every 90 days: issue the new key, deploy it, then revoke the old one.</List.Item>
      <List.Item>
        For fixed-IP servers, always set a whitelist.{' '}
        <Anchor href={docs} underline="always">
          More about keys
        </Anchor>
      </List.Item>
    </List>
  </section>
);

const LeaveQuestion = ({
  isOpen,
  onStay,
  onLeave,
}: {
  readonly isOpen: boolean;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}): ReactNode => (
  <Modal opened={isOpen} onClose={onStay} title="Leave without the key?" closeButtonProps={{ 'aria-label': 'Close' }}>
    <Stack>
      <Text>It has not been copied, and it will not be shown again. A lost key has to be revoked and issued anew.</Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onLeave}>
          Leave
        </Button>
        <Button onClick={onStay} data-autofocus>
          Stay here
        </Button>
      </Group>
    </Stack>
  </Modal>
);

function useEscape(onEscape: () => void, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && document.querySelector('[role="dialog"]') === null) onEscape();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [onEscape, isOn]);
}
