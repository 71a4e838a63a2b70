import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';

/**
 * Filters, ranges, tabs: what stands in the address, with its defaults. Setting something to its default, or to nothing, takes it out of
 * the address; nobody has to go back through each letter of a search.
 */
export function useUrlState<State extends Readonly<Record<string, string>>>(
  defaults: State,
): readonly [State, (changes: Partial<Record<keyof State, string | null>>) => void] {
  const [search, setSearch] = useSearchParams();
  const known = JSON.stringify(defaults);
  const state = useMemo(() => {
    const own = JSON.parse(known) as Record<string, string>;
    return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, search.get(name) ?? value])) as State;
  }, [search, known]);
  const change = useCallback(
    (changes: Partial<Record<keyof State, string | null>>) => {
      const own = JSON.parse(known) as Record<string, string>;
      setSearch(
        (present) => {
          const next = new URLSearchParams(present);
          for (const [name, value] of Object.entries(changes) as Array<[string, string | null]>) {
            if (value === null || value === own[name]) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      );
    },
    [known, setSearch],
  );
  return [state, change];
}
