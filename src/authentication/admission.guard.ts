import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { RouteInventory, UndeclaredRouteError } from '../permissions';
import type { AdmittedRequest } from './gate';
import { Gatekeeper } from './gatekeeper';

type AnyRequest = AdmittedRequest & (IncomingMessage | { readonly raw: IncomingMessage; readonly method: string });

/** The second line behind the gate: a handler runs for a caller who was let in as it asks, or who is let in here. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly inventory: RouteInventory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AnyRequest>();
    const access = this.inventory.declaredAccess(context.getHandler());
    if (request.admitted !== undefined && request.admitted === access) return true;
    if (!this.inventory.counts(context.getClass(), context.getHandler())) return true;
    if (!access) throw new UndeclaredRouteError(request.method ?? '', '', `${context.getClass().name}.${context.getHandler().name}`);
    const principal = await this.gatekeeper.admit('raw' in request ? request.raw : request, access);
    request.admitted = access;
    if (principal) request.principal = principal;
    return true;
  }
}
