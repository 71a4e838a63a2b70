import { Kbd, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

import { Facts } from '../components/facts';
import { createKeyAt, labels } from '../options';
import { useSession } from '../session';

/** What the keys do (`shortcuts.ts`). */
export default function ShortcutHelp({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { may } = useSession();
  const shortcuts: ReadonlyArray<readonly [string, string]> = [
    ...(may('api_key.create') && !createKeyAt ? [[labels.createKey, 'c'] as const] : []),
    ['Search', '/'],
    ['This list', '?'],
    ['Close what is open', 'Esc'],
  ];
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size="sm" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Facts facts={shortcuts.map(([what, key]) => [what, <Kbd key={key}>{key}</Kbd>])} />
    </Modal>
  );
}
