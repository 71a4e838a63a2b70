import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { CallRecorder } from '../audit';
import { callOf, type Principal } from '../common';
import type { AccessConfig, RouteAccess, RouteInventory } from '../permissions';
import type { Gatekeeper } from './gatekeeper';

/** A request that the gate has seen: `principal` is there unless the route is public. */
export interface AdmittedRequest {
  /** As what it was let in. */
  admitted?: RouteAccess;
  /** When, on a clock that only goes forward. */
  admittedAtMs?: number;
  principal?: Principal;
}

/** Where in Fastify's course of a request the gate stands: `preParsing` lets the host's hooks set their headers first. */
export type GateHook = 'onRequest' | 'preParsing';

/**
 * Decides each call before its body is read: a Nest guard never runs for malformed JSON, oversized bodies and paths that do not
 * exist (`decisions.md` 1). Fastify's route config says what the route asks for. Install it before the routes are registered.
 */
export function installGate(
  fastify: FastifyInstance,
  gatekeeper: Gatekeeper,
  inventory: RouteInventory,
  { hook, recorder }: { readonly hook: GateHook; readonly recorder: CallRecorder },
): void {
  fastify.addHook('onRoute', (route) => {
    const config = (route.config ?? {}) as AccessConfig;
    for (const method of [route.method].flat()) {
      // How plugins answer what browsers ask before a call; nothing of ours is behind it.
      if (method === 'OPTIONS' && !config.counts && !config.access) continue;
      const access = inventory.add(method, route.url, config);
      // What its method and path say about it goes where the hook below finds it.
      if (access && !config.access) route.config = { ...route.config, access } as typeof route.config;
    }
  });
  const decide = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    for (const [name, value] of Object.entries(gatekeeper.browserHeaders(request.raw))) {
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
    if (gatekeeper.isPreflight(request.raw)) return reply.code(204).send();
    const { access } = request.routeOptions.config as AccessConfig;
    const isOurs = access !== undefined && !request.is404;
    if (!isOurs && !inventory.isWhole) return undefined;
    recorder.recordCall(request.raw, reply.raw);
    if (!isOurs) return gatekeeper.identify(request.raw);
    const call = callOf(request);
    call.route = request.routeOptions.url ?? null;
    const admitted = request as AdmittedRequest;
    const principal = await gatekeeper.admit(request.raw, access);
    admitted.admitted = access;
    admitted.admittedAtMs = performance.now();
    if (principal) admitted.principal = principal;
    return undefined;
  };
  if (hook === 'onRequest') fastify.addHook('onRequest', decide);
  else
    fastify.addHook('preParsing', async (request, reply) => {
      await decide(request, reply);
    });
}
