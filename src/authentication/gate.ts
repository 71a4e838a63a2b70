import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { callOf, type Principal } from '../common';
import { type AccessConfig, RouteInventory } from '../permissions';
import { Gatekeeper } from './gatekeeper';

/** A request that the gate has seen: `principal` is there unless the route is public. */
export interface AdmittedRequest {
  admitted?: true;
  principal?: Principal;
}

/**
 * Decides each call before its body is read: a Nest guard never runs for malformed JSON, oversized bodies and paths that do not
 * exist (`decisions.md` 1). Fastify's route config says what the route asks for.
 */
export function installGate(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const gatekeeper = app.get(Gatekeeper);
  const inventory = app.get(RouteInventory);
  fastify.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat()) inventory.add(one, url, (config ?? {}) as AccessConfig);
  });
  fastify.addHook('onRequest', async (request) => {
    const call = callOf(request);
    const { access } = request.routeOptions.config as AccessConfig;
    if (request.is404 || !access) return gatekeeper.identify(request.raw);
    call.route = request.routeOptions.url ?? null;
    const admitted = request as AdmittedRequest;
    const principal = await gatekeeper.admit(request.raw, access);
    admitted.admitted = true;
    if (principal) admitted.principal = principal;
  });
}
