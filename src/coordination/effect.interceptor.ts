import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor, SetMetadata } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, map, type Observable } from 'rxjs';

import { findCall } from '../common';
import { InterceptsChanges } from '../permissions';
import { Effects } from './effects';

const SHOWS_EFFECT = Symbol('keystile:shows-effect');

/** On handlers whose answer, an object, says in its body, too, where the change holds and since when (`EffectView`). */
export const ShowsEffect = (): MethodDecorator => SetMetadata(SHOWS_EFFECT, true);

/** What a change took to hold everywhere. */
export interface EffectView {
  readonly effectiveOnReplicas?: number;
  readonly effectiveAfterMs?: number;
}

export const EFFECT_HEADERS = { replicas: 'keystile-effective-on-replicas', afterMs: 'keystile-effective-after-ms' } as const;

/** Says in the answer of a change from when on it holds, and on how many replicas. */
@Injectable()
@InterceptsChanges()
export class EffectInterceptor implements NestInterceptor {
  constructor(@Inject(Effects) private readonly effects: Effects) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const call = findCall(request);
    if (!call) return next.handle();
    const tell = (): EffectView => {
      const effect = this.effects.take(call.requestId);
      if (!effect) return {};
      const reply = http.getResponse<FastifyReply>();
      void reply.header(EFFECT_HEADERS.replicas, String(effect.replicas));
      void reply.header(EFFECT_HEADERS.afterMs, String(effect.afterMs));
      return { effectiveOnReplicas: effect.replicas, effectiveAfterMs: effect.afterMs };
    };
    const showsIt = Reflect.getMetadata(SHOWS_EFFECT, context.getHandler()) === true;
    return next.handle().pipe(
      map((body: unknown) => {
        const view = tell();
        return showsIt && typeof body === 'object' && body !== null ? Object.assign(body, view) : body;
      }),
      catchError((error: unknown) => {
        tell();
        throw error;
      }),
    );
  }
}
