import { STATUS_CODES } from 'node:http';

import { type ProblemCode, PROBLEMS } from '../common';
import type { Reference, Response, Schema } from './openapi-types';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

/** Every status that a problem can have. */
export const PROBLEM_STATUSES: readonly number[] = [...new Set(CODES.map((code) => PROBLEMS[code].status as number))].toSorted(
  (a, b) => a - b,
);

const codesOf = (status: number): ProblemCode[] => CODES.filter((code) => PROBLEMS[code].status === status);

const strings: Schema = { type: 'array', items: { type: 'string' } };

/** The body of every answer that says no (RFC 9457). */
export const problemSchema: Schema = {
  type: 'object',
  description: 'Why the request was refused. Programs match `code`; `message` is for people.',
  required: ['type', 'title', 'status', 'code', 'message', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference', examples: ['/docs/errors#insufficient_scope'] } as Schema,
    title: { type: 'string' },
    status: { type: 'integer', enum: [...PROBLEM_STATUSES] },
    code: { type: 'string', enum: CODES, description: CODES.map((code) => `- \`${code}\`: ${PROBLEMS[code].message}`).join('\n') },
    message: { type: 'string' },
    detail: { type: 'string', description: 'What to do about it.' },
    requestId: { type: ['string', 'null'], description: 'The `X-Request-Id` of the answer, and the id of the call in the log.' } as never,
    requiredScopes: { ...strings, description: 'Of `insufficient_scope`: what the route asks for.' },
    anyOf: { type: 'boolean', description: 'With `requiredScopes`: one of them is enough.' },
    scopes: { ...strings, description: 'Of `unknown_scope` and `scope_exceeds_grantor`: the scopes at fault.' },
    didYouMean: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Of `unknown_scope`: the nearest known scope of each.',
    },
    errors: {
      type: 'array',
      description: 'Of `validation_failed`: each field that is wrong, by its JSON pointer.',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

/** `#/components/responses/Problem403`, by status. */
export const problemResponse = (status: number): Reference => ({ $ref: `#/components/responses/Problem${status}` });

export const problemResponses: Record<string, Response> = Object.fromEntries(
  PROBLEM_STATUSES.map((status) => [
    `Problem${status}`,
    {
      description: `${STATUS_CODES[status]}: ${codesOf(status)
        .map((code) => `\`${code}\``)
        .join(', ')}`,
      headers: headersOf(status),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

function headersOf(status: number): Response['headers'] {
  if (status === 401 || status === 403) return { 'WWW-Authenticate': { description: 'RFC 6750 §3', schema: { type: 'string' } } };
  if (status === 429 || status === 503) return { 'Retry-After': { description: 'Whole seconds', schema: { type: 'integer' } } };
  return undefined;
}
