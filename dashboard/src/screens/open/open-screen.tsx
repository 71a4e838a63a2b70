import { Anchor, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';

import { labels } from '../../options';
import { paths } from '../../paths';

interface OpenScreenProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** The words of a screen for people who are not signed in. */
export function OpenScreen({ title, lead, children }: OpenScreenProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · ${labels.product}`;
  }, [title]);
  return (
    <Stack gap="md">
      <Title order={1} ta="center">
        {title}
      </Title>
      {lead && (
        <Text c="dimmed" ta="center">
          {lead}
        </Text>
      )}
      {children}
    </Stack>
  );
}

export const ToSignIn = ({ children }: { readonly children: string }): ReactNode => (
  <Anchor component={Link} href={paths.home} ta="center" fz="sm">
    {children}
  </Anchor>
);
