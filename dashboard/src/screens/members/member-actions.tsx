import { Menu } from '@mantine/core';
import { Shapes, UserMinus } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { curl } from '../../api';
import { CopyAsCurlItem, RowMenu } from '../../components';
import { useSession } from '../../session';
import type { Member } from './member';
import { RemoveDialog } from './remove-dialog';
import { RoleDialog } from './role-dialog';

export function MemberActions({ member }: { readonly member: Member }): ReactNode {
  const { may } = useSession();
  const [open, setOpen] = useState<'role' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  return (
    <>
      <RowMenu label={`Actions for ${member.name}`}>
        {may('member.update') && (
          <Menu.Item leftSection={<Shapes size={15} aria-hidden />} onClick={() => setOpen('role')}>
            Change the role
          </Menu.Item>
        )}
        <CopyAsCurlItem command={() => curl('get', '/v1/members/{userId}', { path: { userId: member.userId } })} />
        {may('member.delete') && (
          <Menu.Item color="red" leftSection={<UserMinus size={15} aria-hidden />} onClick={() => setOpen('remove')}>
            Remove
          </Menu.Item>
        )}
      </RowMenu>
      {open === 'role' && <RoleDialog member={member} onClose={close} />}
      {open === 'remove' && <RemoveDialog member={member} onClose={close} />}
    </>
  );
}
