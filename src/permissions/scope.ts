/**
 * Scopes and what covers what. The one place that knows the grammar; guard, REST, OpenAPI and dashboard all ask here.
 *
 * A required scope is a name of one to four dotted segments (`send_sms`, `client.read.all`). A held one may also end in `.*`,
 * or be `*` alone (seed C12 to C16). Compared as strings, never as regular expressions.
 */
const SEGMENT = '[a-z][a-z0-9_]{0,31}';
const NAME = new RegExp(`^${SEGMENT}(?:\\.${SEGMENT}){0,3}$`);
const PATTERN = new RegExp(`^(?:\\*|${SEGMENT}(?:\\.${SEGMENT}){0,3}(?:\\.\\*)?)$`);

const LONGEST_SCOPE = 100;

/** How many scopes one key or role may hold. */
export const MOST_SCOPES = 50;

/** A name that a route may require. */
export const isScopeName = (text: unknown): text is string => typeof text === 'string' && text.length <= LONGEST_SCOPE && NAME.test(text);

/** A name or wildcard that a key or a role may hold. */
export const isScopePattern = (text: unknown): text is string =>
  typeof text === 'string' && text.length <= LONGEST_SCOPE && PATTERN.test(text);

/** Whether one held pattern satisfies a required name, or contains another pattern: `client.*` covers `client.read` and `client.read.*`, not `client`. */
export function patternCovers(held: string, required: string): boolean {
  return held === '*' || held === required || (held.endsWith('.*') && required.startsWith(held.slice(0, -1)));
}

/** Whether what is held satisfies one required name or pattern. */
export const covers = (held: readonly string[], required: string): boolean => held.some((pattern) => patternCovers(pattern, required));

/** What is allowed by both lists, as the shortest list of patterns. */
export function intersectScopes(left: readonly string[], right: readonly string[]): string[] {
  const both = left.flatMap((a) => right.flatMap((b) => (patternCovers(a, b) ? [b] : patternCovers(b, a) ? [a] : [])));
  return compactScopes(both);
}

/** The same rights without duplicates and without patterns that another one contains, sorted. */
export function compactScopes(scopes: readonly string[]): string[] {
  const unique = [...new Set(scopes)];
  return unique.filter((scope) => !unique.some((other) => other !== scope && patternCovers(other, scope))).toSorted();
}
