import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';

import { Problem } from '../common';

const VERSION = Symbol('keystile:version');

/** The version of a resource as its ETag (RFC 9110 §8.8.3). It moves with changes by people, not with use. */
const tag = (version: number): string => `"v${version}"`;

/** Marks an answer with the version of the resource that it shows, to be sent as its `ETag`. */
export function tagged<T extends object>(view: T, version: number): T {
  return Object.defineProperty(view, VERSION, { value: version, enumerable: false });
}

/** What the caller says the resource looks like: `undefined` without `If-Match` or with `*`. */
export type ExpectedVersion = number | undefined;

/**
 * `If-Match`, as the version that the change depends on.
 * @throws Problem `precondition_failed` for a tag that was never one of ours
 */
export const IfMatch = createParamDecorator(readIfMatch);

function readIfMatch(_data: unknown, context: ExecutionContext): ExpectedVersion {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^"v(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) throw new Problem('precondition_failed');
  return Number(version);
}

/** Whether a handler has a parameter with `@IfMatch()`: for the documents. */
export function takesIfMatch(controller: Function, handlerName: string): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName) ?? {}) as Record<string, { factory?: unknown }>;
  return Object.values(parameters).some(({ factory }) => factory === readIfMatch);
}

/** @throws Problem `precondition_failed` when the resource has moved on */
export function requireVersion(expected: ExpectedVersion, actual: number): void {
  if (expected !== undefined && expected !== actual) throw new Problem('precondition_failed');
}

/** The ETag of an answer that shows a resource. */
export function etagOf(body: unknown): string | undefined {
  const version = typeof body === 'object' && body !== null ? (body as { [VERSION]?: number })[VERSION] : undefined;
  return version === undefined ? undefined : tag(version);
}

/** Sends the ETags of answers. Not an interceptor, which would cost every call a stream of its own. */
export function sendEtags(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (_request, reply, body, done) => {
    const etag = etagOf(body);
    if (etag !== undefined) void reply.header('etag', etag);
    done(null, body);
  });
}

/** The same for one answer of Express. */
export function sendEtagOf(response: ServerResponse & { json?: (body: unknown) => unknown }): void {
  const json = response.json?.bind(response);
  if (!json) return;
  response.json = (body) => {
    const etag = etagOf(body);
    if (etag !== undefined) response.setHeader('etag', etag);
    return json(body);
  };
}
