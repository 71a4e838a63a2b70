import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

import { Problem } from '../common';
import { HTTP_OPTIONS, type HttpOptions } from './http-options';

const QUERY = `${RouteParamtypes.QUERY}:`;

/** Refuses query parameters on routes that take none; those that take some check them against their DTO. */
@Injectable()
export class StrictQueryInterceptor implements NestInterceptor {
  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.options.only?.includes(context.getClass()) === false) return next.handle();
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    const names = Object.keys((query as object | null) ?? {});
    if (names.length > 0 && !takesQuery(context)) {
      throw new Problem('validation_failed', {
        errors: names.slice(0, 20).map((name) => ({ pointer: `/${name.slice(0, 100)}`, message: 'is not a parameter of this endpoint' })),
      });
    }
    return next.handle();
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) as object | undefined) ?? {};
  return Object.keys(parameters).some((key) => key.startsWith(QUERY));
}
