import { type CallHandler, type ExecutionContext, type NestInterceptor, RequestMethod, SetMetadata } from '@nestjs/common';
import { INTERCEPTORS_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Observable } from 'rxjs';

const INTERCEPTS_CHANGES = Symbol('keystile:intercepts-changes');

const READS: ReadonlySet<RequestMethod> = new Set([RequestMethod.GET, RequestMethod.HEAD]);

/**
 * On an interceptor that a module provides: it stands before every handler of a route that may change something, in the order of the
 * modules. Nest would run a global one on reads as well, and a single one costs a read more than authentication does.
 */
export const InterceptsChanges = (): ClassDecorator => SetMetadata(INTERCEPTS_CHANGES, true);

/** The interceptors of changes of one application. */
export class ChangeInterceptors {
  private readonly instances = new Map<object, () => NestInterceptor>();

  /** Has to be made before routes are registered. */
  constructor(discovery: DiscoveryService, scanner: MetadataScanner) {
    for (const provider of discovery.getProviders()) {
      const { metatype } = provider;
      if (!metatype || Reflect.getMetadata(INTERCEPTS_CHANGES, metatype) !== true) continue;
      this.instances.set(metatype, () => provider.instance as NestInterceptor);
    }
    const standIns = [...this.instances.keys()].map(standInOf);
    for (const { metatype } of discovery.getControllers()) {
      if (!metatype) continue;
      const prototype = metatype.prototype as Record<string, object>;
      for (const name of scanner.getAllMethodNames(prototype)) putBefore(prototype[name]!, standIns);
    }
  }

  /** Lets the call of this request be intercepted by those of this application. */
  takeCharge(request: object): void {
    (request as InCharge)[IN_CHARGE] = this;
  }

  get(interceptor: object): NestInterceptor | undefined {
    return this.instances.get(interceptor)?.();
  }
}

const IN_CHARGE = Symbol('keystile:change-interceptors');

interface InCharge {
  [IN_CHARGE]?: ChangeInterceptors;
}

/** Handlers are shared by all applications of a process: what stands on them asks the request whose it is. */
class StandIn implements NestInterceptor {
  constructor(private readonly interceptor: object) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const actual =
      context.getType() === 'http' ? context.switchToHttp().getRequest<InCharge>()[IN_CHARGE]?.get(this.interceptor) : undefined;
    return actual ? actual.intercept(context, next) : next.handle();
  }
}

const known = new WeakMap<object, StandIn>();

function standInOf(interceptor: object): StandIn {
  let standIn = known.get(interceptor);
  if (!standIn) known.set(interceptor, (standIn = new StandIn(interceptor)));
  return standIn;
}

function putBefore(handler: object, standIns: readonly StandIn[]): void {
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (method === undefined || READS.has(method)) return;
  const before = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) as unknown[] | undefined) ?? [];
  const others = before.filter((one) => !standIns.some((standIn) => standIn === one));
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [...standIns, ...others], handler);
}
