import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import { UndeclaredRouteError, accessOf } from '../permissions';
import type { AdmittedRequest } from './gate';
import { Gatekeeper } from './gatekeeper';

type AnyRequest = AdmittedRequest & (IncomingMessage | { readonly raw: IncomingMessage; readonly method: string });

/** The second line behind the request hook, and the first one where the host's server has none: nothing passes undecided. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  constructor(private readonly gatekeeper: Gatekeeper) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AnyRequest>();
    if (request.admitted) return true;
    const method = request.method ?? '';
    const access = accessOf(context.getClass(), context.getHandler(), method);
    if (!access) throw new UndeclaredRouteError(method, '', `${context.getClass().name}.${context.getHandler().name}`);
    const principal = await this.gatekeeper.admit('raw' in request ? request.raw : request, access);
    request.admitted = true;
    if (principal) request.principal = principal;
    return true;
  }
}
