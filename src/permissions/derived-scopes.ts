import { isScopeName } from './scope';

/** How the resource of a path is written in a scope: `/clients` as `client`, as `clients`, or as either (seed C14 against C17). */
export type ResourceNaming = 'singular' | 'plural' | 'both';

/** What HTTP methods do to a resource (seed C18). */
export const ACTIONS: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  POST: 'create',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
};

/** `/api`, `/v1`, `/api/v1`: where an interface is, not what it is about. */
const NO_RESOURCE = /^(?:api|v\d+)$/;

/**
 * The scopes of which a caller needs one to call a route that says nothing about it: `<resource>.<action>`, where the resource is
 * the first word of the path. `undefined` where path or method tell of none.
 */
export function derivedScopes(method: string, path: string, naming: ResourceNaming): [string, ...string[]] | undefined {
  const action = ACTIONS[method];
  const segment = path.split('/').find((part) => part !== '' && !NO_RESOURCE.test(part));
  if (action === undefined || segment === undefined) return undefined;
  const plural = segment.toLowerCase().replaceAll('-', '_');
  const names = { singular: [singular(plural)], plural: [plural], both: [...new Set([singular(plural), plural])] }[naming];
  const scopes = names.map((name) => `${name}.${action}`).filter(isScopeName);
  return scopes.length > 0 ? (scopes as [string, ...string[]]) : undefined;
}

/** Of words as paths have them; `@Resource` names the others. */
export function singular(plural: string): string {
  if (plural.endsWith('ies') && plural.length > 4) return `${plural.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/.test(plural)) return plural.slice(0, -2);
  return plural.endsWith('s') && !/(?:ss|us|is)$/.test(plural) ? plural.slice(0, -1) : plural;
}
