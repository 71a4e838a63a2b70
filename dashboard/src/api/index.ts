/** The REST API: `api` calls it, `take` gives the body or throws a `Failure`, and the types are those of the OpenAPI document. */
import type { components } from './schema';

export { api, take } from './client';
export { curl, type CurlParts } from './curl';
export { Failure, SignedOut } from './failure';
export { forgetIdempotency, idempotencyHeader } from './idempotency';
export { type CursorPages, useCursorPages } from './use-cursor-pages';
export { useFilledPages } from './use-filled-pages';
export { useRoles } from './use-roles';
export { useKeyNames } from './use-key-names';
export { type OwnerName, useOwners } from './use-owners';

export type Schemas = components['schemas'];
export type Key = Schemas['KeyView'];
export type IssuedKey = Schemas['IssuedKeyView'];
export type Scope = Schemas['ScopeView'];
export type Organization = Schemas['OrganizationView'];
export type Person = Schemas['UserView'];
export type Call = Schemas['CallLogView'];
export type AuditEvent = Schemas['AuditEventView'];
