import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { callOf, type Principal } from '../common';
import type { Actor } from './audit-trail';

/** The caller as the actor of what this request changes, in a handler; `anonymous` on public routes. */
export const CurrentActor = createParamDecorator((_data: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<FastifyRequest & { principal?: Principal }>();
  const { requestId, ip, principal } = callOf(request);
  return principal ? { type: principal.type, id: principal.id, requestId, ip } : { type: 'anonymous', id: null, requestId, ip };
});
