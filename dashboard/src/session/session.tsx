import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';

import { api, Failure, type Organization, type Person, SignedOut, take } from '../api';
import { covers } from '../lib/covers';
import { isLeavingGuarded } from '../lib/leave-guard';
import { hostSignIn } from '../options';

/** Who is signed in, where, and what they may do there. */
export interface Session {
  readonly person: Person;
  readonly organizationId: string;
  /** `undefined` where the role may not read it. */
  readonly organization: Organization | undefined;
  readonly scopes: readonly string[];
  /** Whether this person may do what needs a scope. The API decides; the page hides what would be refused. */
  readonly may: (scope: string) => boolean;
}

const SessionContext = createContext<Session | null>(null);

async function loadSession(): Promise<Omit<Session, 'may'>> {
  const who = await take(api.GET('/v1/whoami'));
  if (hostSignIn !== undefined) {
    const person: Person = { id: who.id, name: who.id, email: '', operator: false, createdAt: '' };
    return { person, organization: undefined, organizationId: who.organizationId, scopes: who.scopes };
  }
  const [person, organization] = await Promise.all([take(api.GET('/v1/users/me')), readOrganization(who.organizationId)]);
  return { person, organization, organizationId: who.organizationId, scopes: who.scopes };
}

/** The name is decoration: a role need not be allowed to read it. */
async function readOrganization(id: string): Promise<Organization | undefined> {
  try {
    return await take(api.GET('/v1/organizations/{id}', { params: { path: { id } } }));
  } catch (error) {
    if (error instanceof Failure && !(error instanceof SignedOut) && error.status < 500) return undefined;
    throw error;
  }
}

export const SESSION_QUERY = { queryKey: ['session'], queryFn: loadSession, staleTime: 5 * 60_000, retry: false } as const;

/** @returns the session, `null` for nobody, `undefined` while it is not known */
export function useLoadedSession(): { readonly session: Session | null | undefined; readonly error: Error | null } {
  const { data, error } = useQuery(SESSION_QUERY);
  const session = useMemo(() => data && { ...data, may: (scope: string) => covers(data.scopes, scope) }, [data]);
  if (error instanceof SignedOut && !(data && isLeavingGuarded())) return { session: null, error: null };
  return { session, error: data ? null : error };
}

/** Asks anew who is signed in; everything that was read for somebody else is forgotten. */
export function useRenewSession(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    await client.resetQueries({ queryKey: ['session'] });
  };
}

export const SessionProvider = ({ session, children }: { readonly session: Session; readonly children: ReactNode }): ReactNode => (
  <SessionContext value={session}>{children}</SessionContext>
);

/** For screens of signed-in people. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('This part of the page is for signed-in people');
  return session;
}
