/**
 * Who may call a route, and what covers what. The decorators say it, `RouteInventory` knows it for every route (and stops the
 * start where a route says nothing), `ScopeCatalog` lists the scopes found on the way, `covers` compares what is held with what
 * is asked: `covers(['client.*'], 'client.read')`.
 */
export {
  accessOf,
  Authenticated,
  CurrentPrincipal,
  LiveOnly,
  Public,
  RequireAnyScope,
  RequireScope,
  Resource,
  type Scope,
  type ScopeRegistry,
} from './decorators';
export { derivedScopes, type ResourceNaming } from './derived-scopes';
export { requireHeld } from './grant';
export { InterceptsChanges } from './intercepts-changes';
export { given, type ModuleParts, type OptionsFactory, provideOptions } from './options-factory';
export { PermissionsModule, type PermissionsOptions } from './permissions.module';
export { type MissingScopes, missingScopes, type RouteAccess, scopesOf, whatBars } from './route-access';
export {
  type AccessConfig,
  declaredConfig,
  type FoundRoute,
  type InventoriedRoute,
  RouteInventory,
  type RouteRules,
  UndeclaredRouteError,
} from './route-inventory';
export { compactScopes, covers, intersectScopes, isScopeName, isScopePattern, MOST_SCOPES, patternCovers } from './scope';
export { type CatalogScope, ScopeCatalog, type ScopeDescription, type ScopeDescriptions } from './scope-catalog';
