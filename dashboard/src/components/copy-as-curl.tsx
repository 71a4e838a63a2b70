import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Terminal } from 'lucide-react';
import type { ReactNode } from 'react';

import { copyText } from '../lib/copy';
import { hasCommands } from '../options';

interface CopyAsCurlProps {
  /** The very request of the action beside it, from `curl(…)`. Asked when it is copied. */
  readonly command: () => string;
}

async function copyCommand(command: () => string): Promise<void> {
  const isCopied = await copyText(command());
  notifications.show(
    isCopied
      ? { message: 'The command is in the clipboard. It takes a key from $KEYSTILE_KEY.' }
      : { color: 'red', message: 'This browser does not let the page copy.' },
  );
}

/** What this button or form does, as a command for a terminal. */
export const CopyAsCurl = ({ command }: CopyAsCurlProps): ReactNode =>
  hasCommands && (
    <Button
      type="button"
      variant="subtle"
      color="gray"
      leftSection={<Terminal size={15} aria-hidden />}
      onClick={() => void copyCommand(command)}
    >
      Copy as curl
    </Button>
  );

/** The same in a menu. */
export const CopyAsCurlItem = ({ command }: CopyAsCurlProps): ReactNode =>
  hasCommands && (
    <Menu.Item leftSection={<Terminal size={15} aria-hidden />} onClick={() => void copyCommand(command)}>
      Copy as curl
    </Menu.Item>
  );
