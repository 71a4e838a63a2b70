import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { type Actor, actorOf } from '../audit';
import { callOf, type Principal } from '../common';

/** Who asks, and as whom the audit trail knows them. */
export interface Caller {
  readonly principal: Principal;
  readonly actor: Actor;
}

/** Who asks, for `KeyService` and `KeyRotation`, in a handler of a route that is not public. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const request = context.switchToHttp().getRequest<IncomingMessage & { principal?: Principal }>();
  if (!request.principal) throw new Error('@CurrentCaller() on a route that nobody was authenticated for');
  return { principal: request.principal, actor: actorOf(request.principal, callOf(request)) };
});
