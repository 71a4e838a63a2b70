import type { Scope } from '../../api';

/** Scopes of one resource, and the wildcard that holds all of them. */
export interface ScopeGroup {
  readonly title: string;
  readonly scopes: readonly Scope[];
  /** `client.*`; `null` for scopes without a dot. */
  readonly wildcard: string | null;
}

/** `send_sms` and `send_email` are one group, `api_key.read` and `api_key.create` another; undotted names come first. */
export function groupsOf(scopes: readonly Scope[]): readonly ScopeGroup[] {
  const groups = new Map<string, Scope[]>();
  for (const scope of scopes) {
    const family = familyOf(scope.name);
    groups.set(family, [...(groups.get(family) ?? []), scope]);
  }
  const isDotted = ({ wildcard }: ScopeGroup): number => Number(wildcard !== null);
  return [...groups]
    .map(([family, members]) => ({
      title: titleOf(family),
      scopes: members,
      wildcard: members[0]!.name.includes('.') ? `${family}.*` : null,
    }))
    .toSorted((a, b) => isDotted(a) - isDotted(b));
}

const familyOf = (name: string): string => (name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name.split('_', 1)[0]!);

function titleOf(family: string): string {
  const words = family.replaceAll(/[._]/g, ' ').replace(/^api\b/, 'API');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
