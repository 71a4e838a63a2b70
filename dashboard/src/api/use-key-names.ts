import { keepPreviousData, useQueries } from '@tanstack/react-query';

import { useSession } from '../session';
import { api, take } from './client';

const AT_ONCE = 100;

/** The names of keys as they are now; `undefined` for one that cannot be read. Ids of anything else are passed over. */
export function useKeyNames(ids: readonly string[]): (id: string) => string | undefined {
  const { may } = useSession();
  const keys = [...new Set(ids)].filter((id) => id.startsWith('key_'));
  const pieces = Array.from({ length: Math.ceil(keys.length / AT_ONCE) }, (_, i) => keys.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
  const answers = useQueries({
    queries: pieces.map((piece) => ({
      queryKey: ['keys', 'names', piece],
      queryFn: () => take(api.GET('/v1/api-keys', { params: { query: { id: piece.join(','), limit: AT_ONCE } } })),
      enabled: may('api_key.read'),
      placeholderData: keepPreviousData,
      staleTime: 60_000,
      retry: false,
    })),
  });
  const names = new Map(answers.flatMap(({ data }) => (data?.data ?? []).map(({ id, name }) => [id, name] as const)));
  return (id) => names.get(id);
}
