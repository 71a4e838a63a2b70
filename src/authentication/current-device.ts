import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { callOf } from '../common';
import type { Device } from '../organizations';

/** What the caller signs in from, in a handler. */
export const CurrentDevice = createParamDecorator((_data: unknown, context: ExecutionContext): Device => {
  const { ip, userAgent } = callOf(context.switchToHttp().getRequest<FastifyRequest>());
  return { ip, userAgent };
});
