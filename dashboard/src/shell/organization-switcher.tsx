import { Menu, Text, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';

import { api, take } from '../api';
import { paths } from '../paths';
import { tellOtherTabs, useRenewSession, useSession } from '../session';
import classes from './organization-switcher.module.css';

/** The organization that everything on the screen belongs to, and the way to another one. */
export function OrganizationSwitcher(): ReactNode {
  const { organization, organizationId } = useSession();
  const renewSession = useRenewSession();
  const [, navigate] = useLocation();
  const { data } = useQuery({
    queryKey: ['organizations', 'own'],
    queryFn: () => take(api.GET('/v1/organizations', { params: { query: { limit: 100 } } })),
    staleTime: 60_000,
    retry: false,
  });
  const { mutate } = useMutation({
    mutationFn: (id: string) => take(api.POST('/v1/auth/switch-organization', { body: { organizationId: id, transport: 'cookie' } })),
    onSuccess: async () => {
      tellOtherTabs('switched');
      navigate(paths.home);
      await renewSession();
    },
    onError: (error) => notifications.show({ color: 'red', title: 'Not switched', message: error.message }),
  });
  const name = organization?.name ?? 'Your organization';
  const organizations = data?.data ?? [];
  if (organizations.length < 2) return <Text className={classes.name}>{name}</Text>;
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.button} aria-label={`Organization: ${name}`}>
          <Text className={classes.name}>{name}</Text>
          <ChevronsUpDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={400} className={classes.menu}>
        <Menu.Label>Organizations</Menu.Label>
        {organizations.map(({ id, name: other }) => (
          <Menu.Item
            key={id}
            onClick={() => mutate(id)}
            disabled={id === organizationId}
            rightSection={id === organizationId ? <Check size={15} aria-label="This one" /> : null}
          >
            {other}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
