import { useQuery } from '@tanstack/react-query';

import { useSession } from '../session';
import { api, take } from './client';
import type { components } from './schema';

type Role = components['schemas']['RoleView'];

const NAMES: Readonly<Record<string, string>> = { owner: 'Owner', admin: 'Admin', developer: 'Developer', auditor: 'Auditor' };

/** The roles of the organization, at most a hundred, and what people call them. */
export function useRoles(): { readonly roles: readonly Role[]; readonly nameOf: (id: string) => string } {
  const { may } = useSession();
  const { data } = useQuery({
    queryKey: ['roles', 'names'],
    queryFn: () => take(api.GET('/v1/roles', { params: { query: { limit: 100 } } })),
    enabled: may('role.read'),
    staleTime: 60_000,
  });
  const roles = data?.data ?? [];
  const names = new Map(roles.map(({ id, name }) => [id, name]));
  return { roles, nameOf: (id) => NAMES[id] ?? names.get(id) ?? id };
}
