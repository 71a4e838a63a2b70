import { ActionIcon, Menu } from '@mantine/core';
import { Ban, ChartNoAxesColumn, EllipsisVertical, Power, PowerOff, RotateCw } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link } from 'wouter';

import type { Key } from '../../api';
import { paths, withQuery } from '../../paths';
import { useSession } from '../../session';
import { isAlive } from './status';

const RevokeDialog = lazy(() => import('./revoke-dialog'));
const RotateDialog = lazy(() => import('./rotate-dialog'));
const SwitchDialog = lazy(() => import('./switch-dialog'));

export type KeyAction = 'rotate' | 'revoke' | 'disable' | 'enable';

/** Which of the dialogs stands open. */
export const KeyDialogs = ({
  keyView,
  action,
  onClose,
}: {
  readonly keyView: Key;
  readonly action: KeyAction | null;
  readonly onClose: () => void;
}): ReactNode => (
  <Suspense>
    {action === 'rotate' && <RotateDialog keyView={keyView} onClose={onClose} />}
    {action === 'revoke' && <RevokeDialog keyView={keyView} onClose={onClose} />}
    {(action === 'disable' || action === 'enable') && <SwitchDialog keyView={keyView} action={action} onClose={onClose} />}
  </Suspense>
);

/** What can be done with a key from its row. */
export function KeyActions({ keyView }: { readonly keyView: Key }): ReactNode {
  const { may } = useSession();
  const [action, setAction] = useState<KeyAction | null>(null);
  const { id, name, status } = keyView;
  const isLive = isAlive(keyView);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${name}`}>
            <EllipsisVertical size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may('call_log.read') && (
            <Menu.Item
              component={Link}
              href={withQuery(paths.calls, { keyId: id })}
              leftSection={<ChartNoAxesColumn size={15} aria-hidden />}
            >
              Its calls
            </Menu.Item>
          )}
          {isLive && may('api_key.rotate') && (
            <Menu.Item leftSection={<RotateCw size={15} aria-hidden />} onClick={() => setAction('rotate')}>
              Rotate …
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
          {isLive && may('api_key.revoke') && (
            <Menu.Item c="var(--ks-bad)" leftSection={<Ban size={15} aria-hidden />} onClick={() => setAction('revoke')}>
              Revoke …
            </Menu.Item>
          )}
          <Menu.Item component={Link} href={paths.key(id)}>
            Everything about it
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <KeyDialogs keyView={keyView} action={action} onClose={() => setAction(null)} />
    </>
  );
}
