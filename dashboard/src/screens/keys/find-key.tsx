import { Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

import { api, take } from '../../api';
import classes from './find-key.module.css';

const PAUSE_MS = 200;
const MOST_FOUND = 8;

/** Chooses a key by its name or prefix. There may be thousands: the service looks for them. */
export function FindKey({ onFound }: { readonly onFound: (keyId: string) => void }): ReactNode {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, PAUSE_MS);
  const { data } = useQuery({
    queryKey: ['keys', 'find', q],
    queryFn: ({ signal }) => take(api.GET('/v1/api-keys', { params: { query: { ...(q ? { q } : {}), limit: MOST_FOUND } }, signal })),
  });
  return (
    <Stack gap="xs">
      <TextInput
        label="Key"
        placeholder="Name or prefix"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      {data?.data.map(({ id, name, prefix }) => (
        <UnstyledButton key={id} className={classes.found} onClick={() => onFound(id)}>
          <Text truncate>{name}</Text>
          <Text fz="xs" c="dimmed" ff="monospace">
            {prefix}
          </Text>
        </UnstyledButton>
      ))}
      {data?.data.length === 0 && (
        <Text fz="sm" c="dimmed">
          No key has this in its name or prefix.
        </Text>
      )}
    </Stack>
  );
}
