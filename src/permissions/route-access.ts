import { covers } from './scope';

/** Who may call a route. */
export type RouteAccess =
  | { readonly kind: 'public' }
  /** Any credential; `only` narrows it to one type of principal. */
  | ({ readonly kind: 'authenticated'; readonly only?: 'user' | 'api_key' } & Restrictions)
  /** Every scope of `all`, and at least one of each list in `anyOf`. */
  | ({ readonly kind: 'scopes'; readonly all: readonly string[]; readonly anyOf: ReadonlyArray<readonly string[]> } & Restrictions);

interface Restrictions {
  /** Test keys are refused with `wrong_environment`. */
  readonly liveOnly: boolean;
}

/** The scopes that a caller still lacks: `null` when it may pass. */
export interface MissingScopes {
  readonly scopes: readonly string[];
  /** One of `scopes` is enough. */
  readonly anyOf: boolean;
}

/** What keeps a holder of these scopes from a route; `null` when nothing does. */
export function missingScopes(access: RouteAccess, held: readonly string[]): MissingScopes | null {
  if (access.kind !== 'scopes') return null;
  if (!access.all.every((scope) => covers(held, scope))) return { scopes: access.all, anyOf: false };
  const unmet = access.anyOf.find((choice) => !choice.some((scope) => covers(held, scope)));
  return unmet ? { scopes: unmet, anyOf: true } : null;
}

/**
 * What keeps a caller from a route once it is known who it is; `null` when nothing does. No scope would help where none is named: a
 * person on a route for keys, or the reverse.
 */
export function whatBars(
  access: RouteAccess,
  { type, scopes }: { readonly type: 'user' | 'api_key'; readonly scopes: readonly string[] },
  isForPeopleOnly: (scope: string) => boolean,
): MissingScopes | null {
  if (access.kind === 'public') return null;
  if (access.kind === 'authenticated') return access.only !== undefined && access.only !== type ? { scopes: [], anyOf: false } : null;
  const missing = missingScopes(access, scopes);
  if (missing || type === 'user') return missing;
  const forPeople = access.all.filter(isForPeopleOnly);
  if (forPeople.length > 0) return { scopes: forPeople, anyOf: false };
  const barred = access.anyOf.find((choice) => !choice.some((scope) => !isForPeopleOnly(scope) && covers(scopes, scope)));
  return barred ? { scopes: barred, anyOf: true } : null;
}

/** Every scope that a route names, for documents and logs. */
export function scopesOf(access: RouteAccess): readonly string[] {
  if (access.kind !== 'scopes') return NONE;
  let scopes = named.get(access);
  if (!scopes) named.set(access, (scopes = [...new Set([...access.all, ...access.anyOf.flat()])]));
  return scopes;
}

const NONE: readonly string[] = [];
/** Asked for at every call. */
const named = new WeakMap<RouteAccess, readonly string[]>();
