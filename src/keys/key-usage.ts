import type { KeyCallKind } from '../audit';
import { compactScopes, covers, missingScopes, patternCovers, type RouteAccess } from '../permissions';

/** How often and when at last. */
export interface Tally {
  readonly calls: number;
  readonly lastAt: Date;
}

export interface RouteTally extends Tally {
  readonly method: string;
  readonly route: string | null;
  readonly denied: number;
}

export interface ScopeUse {
  readonly granted: readonly string[];
  readonly used: ReadonlyArray<Tally & { readonly scope: string }>;
  /** Of what was granted, what no call needed. */
  readonly unused: readonly string[];
  /** As few names as would have let every call through that was let through. */
  readonly sufficient: readonly string[];
  /** Why all that was granted counts as needed, whatever the calls needed. */
  readonly allNeededFor: readonly NeedOfAll[];
}

/** What is done with scopes that the log does not name. */
export type NeedOfAll = 'verifications' | 'grants';

interface Verifications {
  readonly calls: number;
  readonly denied: number;
  readonly lastAt: Date | null;
}

/** Whether the smaller set of scopes was tried on the calls, and what came of it. */
export interface Replay {
  readonly calls: number;
  readonly denied: number;
}

/** A kind of call: everything that decides which scopes it needs. */
interface Kind {
  readonly method: string;
  readonly route: string | null;
  readonly requiredScopes: readonly string[];
  calls: number;
  admitted: number;
  lastAt: Date;
  lastAdmittedAt: Date | null;
}

/** Adds up calls of a key, kind by kind, and its verifications, which have no kind. */
export class KeyUsage {
  calls = 0;
  succeeded = 0;
  errors = 0;
  denied = 0;
  lastAt: Date | null = null;
  lastSuccessAt: Date | null = null;
  verifications: Verifications = { calls: 0, denied: 0, lastAt: null };
  private readonly kinds = new Map<string, Kind>();

  add({ isVerification, method, route, requiredScopes, status, calls, lastAt }: KeyCallKind): void {
    const isAdmitted = !isDenied(status);
    this.calls += calls;
    this.lastAt = latest(this.lastAt, lastAt);
    if (!isAdmitted) this.denied += calls;
    else if (isSuccess(status)) {
      this.succeeded += calls;
      this.lastSuccessAt = latest(this.lastSuccessAt, lastAt);
    } else this.errors += calls;
    if (isVerification) {
      const { verifications: before } = this;
      const denied = before.denied + (isAdmitted ? 0 : calls);
      this.verifications = { calls: before.calls + calls, denied, lastAt: latest(before.lastAt, lastAt) };
      return;
    }
    const name = `${method} ${route} ${requiredScopes.join(' ')}`;
    const kind = this.kinds.get(name) ?? { method, route, requiredScopes, calls: 0, admitted: 0, lastAt, lastAdmittedAt: null };
    this.kinds.set(name, kind);
    kind.calls += calls;
    kind.lastAt = latest(kind.lastAt, lastAt);
    if (!isAdmitted) return;
    kind.admitted += calls;
    kind.lastAdmittedAt = latest(kind.lastAdmittedAt, lastAt);
  }

  /** The most called first. */
  routes(most: number): RouteTally[] {
    return [...this.kinds.values()]
      .map(({ method, route, calls, admitted, lastAt }) => ({ method, route, calls, denied: calls - admitted, lastAt }))
      .toSorted((a, b) => b.calls - a.calls)
      .slice(0, most);
  }

  /**
   * @param hasGranted whether it gave or took rights, which takes holding them
   * @param accessOf what a route asks for today; `undefined` where it is gone: then every scope counts that stood in the log
   */
  scopes(granted: readonly string[], hasGranted: boolean, accessOf: AccessOf): ScopeUse {
    const used = new Map<string, { calls: number; lastAt: Date }>();
    for (const kind of this.admittedKinds()) {
      for (const scope of neededScopes(requirementOf(kind, accessOf), granted)) {
        const known = used.get(scope);
        if (!known) used.set(scope, { calls: kind.admitted, lastAt: kind.lastAdmittedAt! });
        else used.set(scope, { calls: known.calls + kind.admitted, lastAt: new Date(Math.max(+known.lastAt, +kind.lastAdmittedAt!)) });
      }
    }
    const allNeededFor: NeedOfAll[] = [
      // Which scopes were asked about is not kept.
      ...(this.verifications.calls > this.verifications.denied ? (['verifications'] as const) : []),
      ...(hasGranted ? (['grants'] as const) : []),
    ];
    const names = [...used.keys(), ...(allNeededFor.length > 0 ? granted : [])];
    return {
      granted,
      used: [...used].map(([scope, tally]) => ({ scope, ...tally })).toSorted((a, b) => (a.scope < b.scope ? -1 : 1)),
      unused: granted.filter((pattern) => !names.some((scope) => patternCovers(pattern, scope))),
      sufficient: compactScopes(names),
      allNeededFor,
    };
  }

  /** Holds every call that was let in against a set of scopes. */
  replay(scopes: readonly string[], accessOf: AccessOf): Replay {
    let calls = 0;
    let denied = 0;
    for (const kind of this.admittedKinds()) {
      calls += kind.admitted;
      const { all, anyOf } = requirementOf(kind, accessOf);
      if (missingScopes({ kind: 'scopes', all, anyOf, liveOnly: false }, scopes)) denied += kind.admitted;
    }
    return { calls, denied };
  }

  private admittedKinds(): Kind[] {
    return [...this.kinds.values()].filter(({ admitted }) => admitted > 0);
  }
}

export type AccessOf = (method: string, route: string) => RouteAccess | undefined;

interface Requirement {
  readonly all: readonly string[];
  readonly anyOf: ReadonlyArray<readonly string[]>;
}

function requirementOf({ method, route, requiredScopes }: Kind, accessOf: AccessOf): Requirement {
  const access = route === null ? undefined : accessOf(method, route);
  if (!access) return { all: requiredScopes, anyOf: [] };
  return access.kind === 'scopes' ? access : { all: [], anyOf: [] };
}

/** Where one of several is enough, the first that the key was given. */
function neededScopes({ all, anyOf }: Requirement, granted: readonly string[]): string[] {
  const chosen = anyOf.flatMap((choice) =>
    choice.some((scope) => all.includes(scope)) ? [] : [choice.find((scope) => covers(granted, scope)) ?? choice[0]!],
  );
  return [...new Set([...all, ...chosen])];
}

const isSuccess = (status: number): boolean => status < 400;
/** Turned away for what the caller is, whatever was asked for. */
const isDenied = (status: number): boolean => status === 401 || status === 403 || status === 429;
const latest = (one: Date | null, other: Date): Date => (one && one > other ? one : other);
