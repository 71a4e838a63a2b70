import { Button, Group, Modal, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useId } from 'react';

import { CopyAsCurl } from './copy-as-curl';
import { ErrorPanel } from './error-panel';

interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What happens, to whom, and what cannot be undone; fields where something is asked. */
  readonly children: ReactNode;
  /** What the button does: `Revoke the key`. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** Something is missing yet. */
  readonly isBlocked?: boolean;
  readonly isBusy?: boolean;
  readonly error?: Error | null;
  /** The request of the action. */
  readonly command?: () => string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that matters. The focus begins at Cancel, or at the first field. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const {
    isOpen,
    title,
    children,
    action,
    isDanger = false,
    isBlocked = false,
    isBusy = false,
    error,
    command,
    onConfirm,
    onClose,
  } = props;
  const form = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isBlocked && !isBusy) onConfirm();
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form id={form} onSubmit={submit} noValidate>
        <Stack gap="md">
          {children}
          <ErrorPanel error={error} />
          <Group justify="space-between">
            {command && <CopyAsCurl command={command} />}
            <Group gap="xs" ml="auto">
              <Button type="button" variant="default" onClick={onClose} data-autofocus>
                Cancel
              </Button>
              <Button type="submit" color={isDanger ? 'red' : undefined} loading={isBusy} disabled={isBlocked}>
                {action}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
