import { type CallHandler, createParamDecorator, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';

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

@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((body: unknown) => {
        const version = typeof body === 'object' && body !== null ? (body as { [VERSION]?: number })[VERSION] : undefined;
        if (version !== undefined) void context.switchToHttp().getResponse<FastifyReply>().header('etag', tag(version));
        return body;
      }),
    );
  }
}
