import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Principal, Problem } from 'keystile';

/** `@LiveOnly()` for routes that are not ours: what a test key does is not kept, and Keystile's own interface keeps what it is told. */
@Injectable()
export class LiveKeysGuard implements CanActivate {
  /** @param path what the paths of those routes begin with */
  constructor(private readonly path: string) {}

  canActivate(context: ExecutionContext): boolean {
    const { routeOptions, principal } = context.switchToHttp().getRequest<FastifyRequest & { readonly principal?: Principal }>();
    const isTest = principal?.type === 'api_key' && principal.environment === 'test';
    if (isTest && routeOptions.url?.startsWith(this.path)) throw new Problem('wrong_environment');
    return true;
  }
}
