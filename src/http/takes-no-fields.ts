import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import type { Observable } from 'rxjs';

import { Problem } from '../common';

const MOST_FAULTS = 20;

@Injectable()
class NoFields implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body } = context.switchToHttp().getRequest<{ readonly body?: unknown }>();
    const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
    const errors = names.slice(0, MOST_FAULTS).map((name) => ({
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      message: `property ${name} should not exist`,
    }));
    if (errors.length > 0) throw new Problem('validation_failed', { errors });
    return next.handle();
  }
}

/** Refuses fields in the body of a request that takes none: whoever sent them meant something by it. */
export const TakesNoFields = (): MethodDecorator => UseInterceptors(NoFields);
