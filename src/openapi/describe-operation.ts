import { STATUS_CODES } from 'node:http';

import { type RouteAccess, scopesOf } from '../permissions';
import { describeField } from './describe-schemas';
import type { Operation, Parameter, Responses, SecurityRequirement } from './openapi-types';
import { problemResponse } from './problem-schemas';

/** What the decorators and parameters of a handler say beyond what `@nestjs/swagger` reads. */
export interface RouteFacts {
  readonly method: string;
  readonly access: RouteAccess;
  readonly takesIfMatch: boolean;
  /** A POST that creates, so that it may be repeated under an `Idempotency-Key`. */
  readonly isRepeatable: boolean;
  /** Its body may name scopes that do not exist. */
  readonly namesScopes: boolean;
}

/** The names of the security schemes. */
export const SCHEMES = { bearer: 'bearer', header: 'apiKeyHeader', cookie: 'session' } as const;

/** An operation with everything that follows from who may call it and how it is called. */
export function describeOperation(operation: Operation, route: RouteFacts): Operation {
  const facts = { ...route, isRepeatable: route.isRepeatable && !takesUpload(operation) };
  const { access } = facts;
  const scopes = scopesOf(access);
  return {
    ...operation,
    description: [operation.description, whoMayCall(access)].filter(Boolean).join('\n\n'),
    parameters: [...(operation.parameters ?? []).map(describeParameter), ...headerParameters(facts)],
    responses: {
      ...Object.fromEntries(Object.entries(operation.responses).map(([status, response]) => [status, named(response ?? {}, status)])),
      ...refusals(operation, facts),
    },
    security: securityOf(access),
    ...(scopes.length > 0 ? { 'x-required-scopes': scopes } : {}),
    ...(access.kind === 'scopes' && access.anyOf.length > 0 ? { 'x-required-scopes-any-of': access.anyOf } : {}),
  } as Operation;
}

/** Uploads are read as a stream, after the moment at which a repeat would be noticed. */
const takesUpload = ({ requestBody }: Operation): boolean =>
  requestBody !== undefined && 'content' in requestBody && 'multipart/form-data' in requestBody.content;

/** A class field with an initial value is not optional in TypeScript, but the parameter is. */
function describeParameter<P extends object>(parameter: P): P {
  if (!('schema' in parameter) || !('name' in parameter)) return parameter;
  const schema = describeField(parameter.name as string, parameter.schema as { readonly default?: unknown });
  return { ...parameter, schema, ...(schema.default === undefined ? {} : { required: false }) };
}

/** OpenAPI asks for a description; the plugin leaves it empty. */
const named = <R extends object>(response: R, status: string): R =>
  'description' in response && response.description === '' ? { ...response, description: STATUS_CODES[status] } : response;

/** One sentence for people. */
export function whoMayCall(access: RouteAccess): string {
  if (access.kind === 'public') return 'Needs no credential.';
  const liveOnly = access.liveOnly ? ' Test keys are refused.' : '';
  if (access.kind === 'authenticated') return `${AUTHENTICATED[access.only ?? 'anyone']}${liveOnly}`;
  const all = access.all.length > 0 ? [`the scope${access.all.length > 1 ? 's' : ''} ${listed(access.all, 'and')}`] : [];
  const any = access.anyOf.map((choice) => `${choice.length > 1 ? 'one of the scopes' : 'the scope'} ${listed(choice, 'or')}`);
  return `Requires ${[...all, ...any].join(', and ')}.${liveOnly}`;
}

const AUTHENTICATED = {
  anyone: 'Any valid credential will do.',
  user: 'For signed-in people only.',
  api_key: 'For API keys only.',
} as const;

const listed = (scopes: readonly string[], word: string): string => scopes.map((scope) => `\`${scope}\``).join(` ${word} `);

function securityOf(access: RouteAccess): SecurityRequirement[] {
  if (access.kind === 'public') return [];
  const only = access.kind === 'authenticated' ? access.only : undefined;
  const schemes = [SCHEMES.bearer, ...(only === 'user' ? [] : [SCHEMES.header]), ...(only === 'api_key' ? [] : [SCHEMES.cookie])];
  return schemes.map((scheme) => ({ [scheme]: [] }));
}

function headerParameters({ takesIfMatch, isRepeatable }: RouteFacts): Parameter[] {
  return [
    ...(takesIfMatch ? [headerParameter('If-Match', 'The `ETag` that the change depends on; 412 where the resource has moved on.')] : []),
    ...(isRepeatable
      ? [headerParameter('Idempotency-Key', '1 to 255 visible ASCII characters. A repeat within ten minutes gets the stored answer.')]
      : []),
  ];
}

const headerParameter = (name: string, description: string): Parameter => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
});

/** The problems that this operation can answer with, as far as they follow from its shape. */
function refusals({ parameters = [], requestBody }: Operation, facts: RouteFacts): Responses {
  const isPublic = facts.access.kind === 'public';
  const changes = facts.method !== 'GET';
  const hasBody = requestBody !== undefined;
  const statuses: ReadonlyArray<readonly [number, boolean]> = [
    [400, !isPublic || hasBody || parameters.length > 0],
    [401, !isPublic],
    [403, !isPublic],
    [404, parameters.some((parameter) => 'in' in parameter && parameter.in === 'path')],
    [409, changes && !isPublic],
    [412, facts.takesIfMatch],
    [413, hasBody],
    [415, hasBody],
    [422, facts.isRepeatable || facts.namesScopes],
    [429, !isPublic || changes],
    [503, true],
  ];
  return Object.fromEntries(statuses.flatMap(([status, applies]) => (applies ? [[status, problemResponse(status)]] : [])));
}
