import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { HEADERS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';

import { Problem } from '../common';
import { HTTP_OPTIONS, type HttpOptions } from './http-options';

const QUERY = `${RouteParamtypes.QUERY}:`;

/**
 * Refuses query parameters on routes that take none; those that take some check them against their DTO. Pages for people let pass what
 * links add to their address (`utm_source=…`): they say so by `@Header('content-type', 'text/html…')`.
 */
@Injectable()
export class StrictQuery {
  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {}

  /** @throws Problem `validation_failed` */
  check(context: ExecutionContext): void {
    const { query } = context.getArgByIndex<FastifyRequest>(0);
    const names = Object.keys((query as object | null) ?? {});
    if (names.length === 0 || this.options.only?.includes(context.getClass()) === false) return;
    if (takesQuery(context) || isPage(context)) return;
    throw new Problem('validation_failed', {
      errors: names.slice(0, 20).map((name) => ({ pointer: `/${name.slice(0, 100)}`, message: 'is not a parameter of this endpoint' })),
    });
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as object | undefined) ?? {};
  return Object.keys(parameters).some((key) => key.startsWith(QUERY));
}

function isPage(context: ExecutionContext): boolean {
  const headers = (Reflect.getMetadata(HEADERS_METADATA, context.getHandler()) as DeclaredHeader[] | undefined) ?? [];
  return headers.some(({ name, value }) => name.toLowerCase() === 'content-type' && /^text\/html\b/i.test(String(value)));
}

interface DeclaredHeader {
  readonly name: string;
  readonly value: unknown;
}
