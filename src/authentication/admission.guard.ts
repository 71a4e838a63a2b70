import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { StrictQuery } from '../http';
import { declaredConfig, type RouteAccess, RouteInventory, UndeclaredRouteError } from '../permissions';
import { type AdmittedRequest, letIn } from './gate';
import { type Admission, Gatekeeper } from './gatekeeper';

type OfFastify = { readonly raw: IncomingMessage; readonly method: string; readonly routeOptions: { readonly url?: string } };
type OfExpress = IncomingMessage & { readonly route?: { readonly path: unknown } };
type AnyRequest = AdmittedRequest & (OfFastify | OfExpress);

/** A body that came with its headers is parsed long before. */
const FRESH_MS = 50;

/** The second line behind the gate: a handler runs for a caller who was let in as it asks, or who is let in here. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly inventory: RouteInventory,
    private readonly query: StrictQuery,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const isIn = this.letsIn(context);
    if (isIn instanceof Promise) return isIn.then(() => this.checked(context));
    return this.checked(context);
  }

  private checked(context: ExecutionContext): true {
    this.query.check(context);
    return true;
  }

  /** Throws for whoever is not let in. */
  private letsIn(context: ExecutionContext): true | Promise<true> {
    // `switchToHttp` makes the context another object.
    const request = context.getArgByIndex<AnyRequest>(0);
    this.inventory.takeCharge(request);
    const config = declaredConfig(context.getHandler());
    const access = config.access ?? this.inventory.accessOf(config, request.method ?? '', routeOf(request));
    if (access !== undefined && request.admitted === access) return this.stillStands(request, access);
    if (!this.inventory.counts(context.getClass(), context.getHandler())) return true;
    if (!access) throw new UndeclaredRouteError(request.method ?? '', '', `${context.getClass().name}.${context.getHandler().name}`);
    return this.letIn(request, access, this.gatekeeper.admit(incoming(request), access));
  }

  /** A body may come slowly. Who was let in for its headers is asked for again when it has come. */
  private stillStands(request: AnyRequest, access: RouteAccess): true | Promise<true> {
    if (performance.now() - (request.admittedAtMs ?? 0) < FRESH_MS) return true;
    return this.letIn(request, access, this.gatekeeper.readmit(incoming(request), access));
  }

  private letIn(request: AnyRequest, access: RouteAccess, admission: Admission | Promise<Admission>): true | Promise<true> {
    if (admission instanceof Promise) return admission.then((principal) => this.letIn(request, access, principal));
    letIn(request, access, admission);
    return true;
  }
}

const incoming = (request: AnyRequest): IncomingMessage => ('raw' in request ? request.raw : request);

/** The pattern that matched. */
const routeOf = (request: AnyRequest): string => String('raw' in request ? request.routeOptions.url : request.route?.path);
