import { createParamDecorator, type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import 'reflect-metadata';

import type { Principal } from '../common';
import { ACTIONS } from './derived-scopes';
import type { RouteAccess } from './route-access';
import { isScopeName } from './scope';

/** Augment it with your own scopes to have `@RequireScope` checked by the compiler: `interface ScopeRegistry { send_sms: true }`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- empty until a host declares its scopes
export interface ScopeRegistry {}

/** Of the package's own routes; a host's own controllers for keys ask for the same. */
type OwnScope = `${'api_key' | 'audit_event' | 'call_log' | 'member' | 'organization' | 'role' | 'service_account'}.${string}`;

/** Any text until `ScopeRegistry` names scopes; from then on those only, and our own. */
// oxlint-disable-next-line typescript/no-redundant-type-constituents -- `never` is what an empty registry has; a host fills it
export type Scope = keyof ScopeRegistry extends never ? string : keyof ScopeRegistry | OwnScope;

const ACCESS = Symbol('keystile:access');

/** What one decorator said about a class or a method. */
type Declaration =
  | { readonly says: 'public' | 'live-only' }
  | { readonly says: 'authenticated'; readonly only?: 'user' | 'api_key' }
  | { readonly says: 'all' | 'any'; readonly scopes: readonly string[] };

type Target = ClassDecorator & MethodDecorator;

/**
 * Lets in only callers that hold **every** scope named.
 *
 * On a class it goes for each route, on top of what the route itself names.
 *
 * @example
 * ```ts
 * \@Post('sms')
 * \@RequireScope('send_sms')
 * send() {}
 * ```
 * @throws Error at load time, for a scope outside the grammar
 */
export const RequireScope = (...scopes: [Scope, ...Scope[]]): Target => declare({ says: 'all', scopes: checked(scopes) });

/** Lets in callers that hold **at least one** of the scopes named. */
export const RequireAnyScope = (...scopes: [Scope, ...Scope[]]): Target => declare({ says: 'any', scopes: checked(scopes) });

/**
 * Names the resource of a controller: each route requires `<resource>.<action>`, where GET and HEAD read, POST creates,
 * PUT and PATCH update, DELETE deletes (seed C18). A route that names its own scope is left as it is.
 */
export const Resource = (resource: string): ClassDecorator & CustomDecorator<symbol> => SetMetadata(RESOURCE, checked([resource])[0]);

/** Lets in every caller with a valid credential, whatever its scopes; or only people, or only keys. */
export const Authenticated = (only?: 'user' | 'api_key'): Target =>
  declare(only ? { says: 'authenticated', only } : { says: 'authenticated' });

/** Lets in everybody. Credentials are not read. */
export const Public = (): Target => declare({ says: 'public' });

/** Refuses test keys (403 `wrong_environment`), besides whatever else the route requires. */
export const LiveOnly = (): Target => declare({ says: 'live-only' });

/** The caller, in a handler of a route that is not public. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<{ principal?: Principal }>();
  if (!principal) throw new Error('@CurrentPrincipal() on a route that nobody was authenticated for');
  return principal;
});

export const RESOURCE = Symbol('keystile:resource');

/** What the decorators of a controller and one of its methods say together; `undefined` where they say nothing. */
export function accessOf(controller: object, handler: object, httpMethod: string): RouteAccess | undefined {
  const onHandler = declarationsOf(handler);
  const onClass = declarationsOf(controller);
  const declared = [...onHandler, ...onClass];
  const liveOnly = isLiveOnly(controller, handler);
  const scoped = (says: 'all' | 'any', among: readonly Declaration[]): ReadonlyArray<readonly string[]> =>
    among.flatMap((one) => (one.says === says && 'scopes' in one ? [one.scopes] : []));

  // The method's own word about who may call it goes before the class's, scopes of both add up.
  if (onHandler.some(({ says }) => says === 'public')) return { kind: 'public' };
  const authenticatedHere = onHandler.find((one) => one.says === 'authenticated');
  if (authenticatedHere) return { ...restrictTo(authenticatedHere), liveOnly };

  const all = [...new Set(scoped('all', declared).flat())];
  const anyOf = scoped('any', declared);
  const resource = Reflect.getMetadata(RESOURCE, controller) as string | undefined;
  const ownScopes = onHandler.some(({ says }) => says === 'all' || says === 'any');
  const action = ACTIONS[httpMethod];
  if (resource !== undefined && !ownScopes && action !== undefined) all.push(`${resource}.${action}`);
  if (all.length > 0 || anyOf.length > 0) return { kind: 'scopes', all, anyOf, liveOnly };

  const authenticated = onClass.find((one) => one.says === 'authenticated');
  if (authenticated) return { ...restrictTo(authenticated), liveOnly };
  return onClass.some(({ says }) => says === 'public') ? { kind: 'public' } : undefined;
}

/** Whether a route refuses test keys, whatever else is said about it. */
export const isLiveOnly = (controller: object, handler: object): boolean =>
  [...declarationsOf(handler), ...declarationsOf(controller)].some(({ says }) => says === 'live-only');

function restrictTo(declaration: Declaration): { kind: 'authenticated'; only?: 'user' | 'api_key' } {
  return 'only' in declaration && declaration.only ? { kind: 'authenticated', only: declaration.only } : { kind: 'authenticated' };
}

function declare(declaration: Declaration): Target {
  return (target: object, _key?: string | symbol, descriptor?: TypedPropertyDescriptor<never> | PropertyDescriptor) => {
    const owner = (descriptor?.value as object | undefined) ?? target;
    Reflect.defineMetadata(ACCESS, [...declarationsOf(owner), declaration], owner);
  };
}

function declarationsOf(owner: object): readonly Declaration[] {
  return (Reflect.getMetadata(ACCESS, owner) as Declaration[] | undefined) ?? [];
}

function checked(scopes: readonly string[]): readonly string[] {
  for (const scope of scopes) {
    if (!isScopeName(scope))
      throw new Error(`Not a scope: ${JSON.stringify(scope)}. A scope is one to four segments of a-z, 0-9 and _, separated by dots.`);
  }
  return scopes;
}
