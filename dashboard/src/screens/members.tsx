import { Button, Stack, Text } from '@mantine/core';
import { UserPlus, Users } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { api, curl, take, useCursorPages, useRoles } from '../api';
import { Allowed, type Column, CopyAsCurl, DataTable, EmptyState, PageHeader, Panel, Time } from '../components';
import { useSession } from '../session';
import { InviteDialog } from './members/invite-dialog';
import { Invitations } from './members/invitations';
import { MemberActions } from './members/member-actions';
import type { Member } from './members/member';

const TITLE = 'Members';
const PAGE = 50;

const MembersScreen = (): ReactNode => (
  <Allowed title={TITLE} scope="member.read">
    <Members />
  </Allowed>
);
export default MembersScreen;

function Members(): ReactNode {
  const { may } = useSession();
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <PageHeader
        title={TITLE}
        description="The people of your organization. A key that belongs to somebody never does more than they may."
      >
        <CopyAsCurl command={() => curl('get', '/v1/members', { query: { limit: PAGE } })} />
        {may('member.invite') && (
          <Button leftSection={<UserPlus size={15} aria-hidden />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )}
      </PageHeader>
      <Stack gap="lg">
        <MemberTable />
        <Panel title="Invitations">
          <Invitations />
        </Panel>
      </Stack>
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  );
}

function MemberTable(): ReactNode {
  const { may, person } = useSession();
  const { nameOf } = useRoles();
  const pages = useCursorPages<Member>(['members', 'list'], (cursor, signal) =>
    take(api.GET('/v1/members', { params: { query: { limit: PAGE, cursor } }, signal })),
  );
  const columns: ReadonlyArray<Column<Member>> = [
    {
      key: 'name',
      title: 'Name',
      cell: ({ userId, name, email }) => (
        <>
          <Text fw={550} className="break">
            {name}
            {userId === person.id && ' (you)'}
          </Text>
          <Text fz="sm" c="dimmed" className="break">
            {email}
          </Text>
        </>
      ),
    },
    { key: 'role', title: 'Role', cell: ({ role }) => nameOf(role) },
    { key: 'since', title: 'Since', cell: ({ createdAt }) => <Time at={createdAt} as="day" /> },
    ...(may('member.update') || may('member.delete')
      ? [
          {
            key: 'actions',
            title: 'Actions',
            isTitleHidden: true,
            align: 'right',
            width: 48,
            cell: (member) => <MemberActions member={member} />,
          } as Column<Member>,
        ]
      : []),
  ];
  return (
    <DataTable
      label={TITLE}
      columns={columns}
      pages={pages}
      rowKey={({ userId }) => userId}
      empty={<EmptyState icon={<Users size={20} />} title="Nobody is here" />}
    />
  );
}
