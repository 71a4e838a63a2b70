/** Whether patterns such as `client.*` and `*` contain a scope. */
export const covers = (held: readonly string[], scope: string): boolean =>
  held.some((pattern) => pattern === '*' || pattern === scope || (pattern.endsWith('.*') && scope.startsWith(pattern.slice(0, -1))));
