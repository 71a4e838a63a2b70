import { useQuery } from '@tanstack/react-query';

import { api, type Scope, take } from '../../api';

/** The catalog: every scope that some route asks for. */
export function useScopes(): readonly Scope[] | undefined {
  const { data } = useQuery({ queryKey: ['scopes'], queryFn: () => take(api.GET('/v1/scopes')), staleTime: 10 * 60_000 });
  return data?.data;
}

/** Scopes that a key may hold, for menus. */
export const useScopeOptions = (): ReadonlyArray<{ readonly value: string; readonly label: string }> =>
  (useScopes() ?? []).filter(({ grantableToKeys }) => grantableToKeys).map(({ name }) => ({ value: name, label: name }));
