import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { declaredConfig, type RouteAccess, RouteInventory, UndeclaredRouteError } from '../permissions';
import type { AdmittedRequest } from './gate';
import { Gatekeeper } from './gatekeeper';

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
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AnyRequest>();
    const access = this.inventory.accessOf(declaredConfig(context.getHandler()), request.method ?? '', routeOf(request));
    if (access !== undefined && request.admitted === access) return this.stillStands(request, access);
    if (!this.inventory.counts(context.getClass(), context.getHandler())) return true;
    if (!access) throw new UndeclaredRouteError(request.method ?? '', '', `${context.getClass().name}.${context.getHandler().name}`);
    const principal = await this.gatekeeper.admit(incoming(request), access);
    request.admitted = access;
    if (principal) request.principal = principal;
    return true;
  }

  /** A body may come slowly. Who was let in for its headers is asked for again when it has come. */
  private async stillStands(request: AnyRequest, access: RouteAccess): Promise<boolean> {
    if (performance.now() - (request.admittedAtMs ?? 0) < FRESH_MS) return true;
    const principal = await this.gatekeeper.readmit(incoming(request), access);
    if (principal) request.principal = principal;
    return true;
  }
}

const incoming = (request: AnyRequest): IncomingMessage => ('raw' in request ? request.raw : request);

/** The pattern that matched. */
const routeOf = (request: AnyRequest): string => String('raw' in request ? request.routeOptions.url : request.route?.path);
