import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidField, type Principal } from 'keystile';

type Asked = FastifyRequest<{ Body: { readonly owner?: { readonly type?: unknown } } | undefined }> & { readonly principal?: Principal };

/**
 * Keys are the organization's, whoever makes them: also those that people make on the page at `/api-management`. Left alone, Keystile's own
 * interface gives a key to the person who asks, and it ends when that person leaves.
 */
@Injectable()
export class OrganizationKeysGuard implements CanActivate {
  /** @param path where Keystile's own interface makes keys */
  constructor(private readonly path: string) {}

  canActivate(context: ExecutionContext): boolean {
    const { method, routeOptions, principal, body } = context.switchToHttp().getRequest<Asked>();
    if (method === 'POST' && routeOptions.url === this.path && principal?.type === 'user' && body?.owner?.type !== 'organization') {
      throw invalidField('/owner', 'must be the organization');
    }
    return true;
  }
}
