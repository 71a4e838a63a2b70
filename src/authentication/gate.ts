import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { CallRecorder } from '../audit';
import { callOf, type Principal } from '../common';
import type { AccessConfig, RouteAccess, RouteInventory } from '../permissions';
import { FastifyRoutes } from './fastify-routes';
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

export interface GateInstallation {
  readonly hook: GateHook;
  readonly recorder: CallRecorder;
  /** What Fastify was given under this name. */
  readonly rewriteUrl?: (request: { readonly url?: string }) => string;
}

/**
 * Decides each call before its body is read: a Nest guard never runs for malformed JSON, oversized bodies and paths that do not
 * exist (`decisions.md` 1). Fastify's route config says what the route asks for. Install it before the routes are registered.
 */
export function installGate(
  fastify: FastifyInstance,
  gatekeeper: Gatekeeper,
  inventory: RouteInventory,
  { hook, recorder, rewriteUrl = ({ url = '/' }) => url }: GateInstallation,
): void {
  const routes = new FastifyRoutes(fastify, (url) => rewriteUrl({ url }));
  inventory.askRouter((method, path) => routes.find(method, path));
  fastify.addHook('onRoute', (route) => {
    const config = (route.config ?? {}) as AccessConfig;
    for (const method of [route.method].flat()) {
      // How plugins answer what browsers ask before a call; nothing of ours is behind it.
      const isPreflight = method === 'OPTIONS' && !config.counts && !config.access;
      const access = isPreflight ? undefined : inventory.add(method, route.url, config);
      routes.add({ method, path: route.url, access });
      // What its method and path say about it goes where the hook below finds it.
      if (access && !config.access) route.config = { ...route.config, access } as typeof route.config;
    }
  });
  /** `false` where the call has been answered here. */
  const decide = (request: FastifyRequest, reply: FastifyReply): Promise<void> | boolean => {
    for (const [name, value] of Object.entries(gatekeeper.browserHeaders(request.raw))) {
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
    if (gatekeeper.isPreflight(request.raw)) {
      void reply.code(204).send();
      return false;
    }
    const { access } = request.routeOptions.config as AccessConfig;
    const isOurs = access !== undefined && !request.is404;
    if (!isOurs && !inventory.isWhole) return true;
    recorder.recordCall(request.raw, reply.raw);
    if (!isOurs) return gatekeeper.identify(request.raw);
    callOf(request).route = request.routeOptions.url ?? null;
    const admission = gatekeeper.admit(request.raw, access);
    if (admission instanceof Promise) return admission.then((principal) => letIn(request as AdmittedRequest, access, principal));
    letIn(request as AdmittedRequest, access, admission);
    return true;
  };
  const hookOn = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    let decided: Promise<void> | boolean;
    try {
      decided = decide(request, reply);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (decided === true) done();
    // oxlint-disable-next-line promise/no-callback-in-promise -- a hook that gives Fastify a promise costs every call one
    else if (decided !== false) decided.then(() => done(), done);
  };
  if (hook === 'onRequest') fastify.addHook('onRequest', hookOn);
  else fastify.addHook('preParsing', (request, reply, payload, done) => hookOn(request, reply, (error) => done(error ?? null, payload)));
}

/** Notes on a request of either adapter that it has been let in. */
export function letIn(request: AdmittedRequest, access: RouteAccess, principal: Principal | undefined): void {
  request.admitted = access;
  request.admittedAtMs = performance.now();
  if (principal) request.principal = principal;
}
