import { notifications } from '@mantine/notifications';
import { useMutation, type UseMutationResult, useQueryClient } from '@tanstack/react-query';

import { api, type Key, type Schemas, take } from '../../api';

/** Changes something about a key. @param done what people are told then */
export function useUpdateKey(id: string, done: string): UseMutationResult<Key, Error, Schemas['UpdateKeyDto']> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['UpdateKeyDto']) => take(api.PATCH('/v1/api-keys/{id}', { params: { path: { id } }, body })),
    onSuccess: async () => {
      notifications.show({ message: done });
      await client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
}
