import { useQuery } from '@tanstack/react-query';

import { hostSignIn } from '../options';
import { useSession } from '../session';
import { api, take } from './client';

export interface OwnerName {
  readonly type: 'user' | 'service_account' | 'organization';
  readonly id: string;
  readonly name: string;
}

const MINUTE_MS = 60_000;
const query = { query: { limit: 100 } } as const;

/** Who may own keys, as far as this person may know: at most 100 people and 100 service accounts. */
export function useOwners(): { readonly owners: readonly OwnerName[]; readonly nameOf: (id: string) => string } {
  const { may, person, organizationId, organization } = useSession();
  const members = useQuery({
    queryKey: ['members', 'names'],
    queryFn: () => take(api.GET('/v1/members', { params: query })),
    enabled: hostSignIn === undefined && may('member.read'),
    staleTime: MINUTE_MS,
  });
  const accounts = useQuery({
    queryKey: ['service-accounts', 'names'],
    queryFn: () => take(api.GET('/v1/service-accounts', { params: query })),
    enabled: hostSignIn === undefined && may('service_account.read'),
    staleTime: MINUTE_MS,
  });
  const owners: readonly OwnerName[] = [
    // A host does not say what its people are called.
    { type: 'user', id: person.id, name: hostSignIn === undefined ? `${person.name} (you)` : 'you' },
    ...(members.data?.data ?? [])
      .filter(({ userId }) => userId !== person.id)
      .map(({ userId, name }) => ({ type: 'user', id: userId, name }) as const),
    ...(accounts.data?.data ?? []).map(({ id, name }) => ({ type: 'service_account', id, name }) as const),
    { type: 'organization', id: organizationId, name: organization?.name ?? 'The organization' },
  ];
  // Of two who share an id, in a host whose people are organizations of their own, the person counts.
  const names = new Map(owners.toReversed().map(({ id, name }) => [id, name]));
  return { owners, nameOf: (id) => names.get(id) ?? id };
}
