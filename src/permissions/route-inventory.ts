import { Inject, Injectable, RequestMethod } from '@nestjs/common';
import { GUARDS_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

import { accessOf, isLiveOnly } from './decorators';
import { derivedScopes, type ResourceNaming } from './derived-scopes';
import { ChangeInterceptors } from './intercepts-changes';
import type { RouteAccess } from './route-access';

/** One route of the running application, whoever registered it. */
export interface InventoriedRoute {
  readonly method: string;
  /** The pattern, `/v1/api-keys/:id`. */
  readonly path: string;
  /** `KeyController.rotate`, or the words of whoever registered it outside Nest. */
  readonly name: string;
  readonly access: RouteAccess;
}

/** Where the router of the server leads a call. */
export interface FoundRoute {
  /** `/v1/api-keys/:id`. */
  readonly pattern: string;
  /** `undefined` for a route that is none of ours: nobody looks at who calls it. */
  readonly access: RouteAccess | undefined;
  /** The path as the guard reads it. */
  readonly path: string;
}

/** The key under which a Fastify route's `config` says who may call it. */
export interface AccessConfig {
  readonly access?: RouteAccess;
  /** `KeyController.rotate`, or the words of whoever registered the route outside Nest. */
  readonly name?: string;
  /** Set for the routes that are to say who may call them. */
  readonly counts?: true;
  /** Of a route that says nothing but this. */
  readonly liveOnly?: boolean;
  /** A route of the package's own REST interface. */
  readonly own?: true;
}

/** Which routes of an application are to say who may call them. */
export interface RouteRules {
  /** Where only some routes are: the guard that marks them, on their method or their controller. Default: all routes. */
  readonly guard?: Function;
  /** The package's own controllers in a host's application. They count without the guard. */
  readonly own?: readonly Function[];
  /** Where a route that says nothing needs the scope of its method and path: how that scope is written. */
  readonly derive?: ResourceNaming;
}

export const ROUTE_RULES = Symbol('keystile:route-rules');

/** What Nest's Fastify adapter reads a route's `config` from (`@nestjs/platform-fastify`, `RouteConfig`). */
const FASTIFY_ROUTE_CONFIG = '__fastify_route_config__';

/**
 * Every route with who may call it. Closed by default: a route that does not say stops the start.
 *
 * Built while Nest makes its instances, that is before any route is registered, so that each Nest route carries its access in
 * the `config` of its Fastify route and a request hook can decide without a reflector.
 */
@Injectable()
export class RouteInventory {
  private readonly known: InventoriedRoute[] = [];
  private readonly ownRoutes = new Set<InventoriedRoute>();
  private readonly derived = new Map<string, RouteAccess>();
  private readonly changeInterceptors: ChangeInterceptors;
  private router: (method: string, path: string) => FoundRoute | undefined = notAsked;

  constructor(
    @Inject(DiscoveryService) discovery: DiscoveryService,
    @Inject(MetadataScanner) scanner: MetadataScanner,
    @Inject(ROUTE_RULES) private readonly rules: RouteRules,
  ) {
    this.changeInterceptors = new ChangeInterceptors(discovery, scanner);
    for (const { metatype } of discovery.getControllers()) {
      if (!metatype) continue;
      const controller = metatype as Function;
      const prototype = controller.prototype as Record<string, object>;
      for (const name of scanner.getAllMethodNames(prototype)) {
        if (this.counts(controller, prototype[name]!)) writeRouteConfig(controller, prototype[name]!, name, this.isOwn(controller));
      }
    }
  }

  /** Lets this application intercept the call, if it is one of a route that changes something. Before its handler's interceptors run. */
  takeCharge(request: object): void {
    this.changeInterceptors.takeCharge(request);
  }

  get routes(): readonly InventoriedRoute[] {
    return this.known;
  }

  /** Where a call would come to, as the server's own router says; `undefined` where it matches nothing: a 404, whoever asks. */
  find(method: string, path: string): FoundRoute | undefined {
    return this.router(method, path);
  }

  /** Whoever installs the gate into a server says how its router is asked. */
  askRouter(router: (method: string, path: string) => FoundRoute | undefined): void {
    this.router = router;
  }

  /** Who may call a route, by its pattern; HEAD goes where GET does. */
  named(method: string, pattern: string): InventoriedRoute | undefined {
    const methods = [method, ...(method === 'HEAD' ? ['GET'] : []), 'ALL'];
    return this.known.find((route) => route.path === pattern && methods.includes(route.method));
  }

  /** Whether this handler is to say who may call it. */
  counts(controller: Function, handler: object): boolean {
    const { guard } = this.rules;
    if (guard === undefined || this.isOwn(controller)) return true;
    const guards = [handler, controller].flatMap((target) => (Reflect.getMetadata(GUARDS_METADATA, target) as unknown[] | undefined) ?? []);
    return guards.some((used) => used === guard || used instanceof guard);
  }

  /** Whether every path of the server is ours to look after. */
  get isWhole(): boolean {
    return this.rules.guard === undefined;
  }

  /** Who may call a route, by its decorators, or by its method and path where that is the rule. One route gets one object. */
  accessOf({ access, counts, liveOnly = false }: AccessConfig, method: string, path: string): RouteAccess | undefined {
    if (access || !counts || this.rules.derive === undefined) return access;
    const name = `${method === 'HEAD' ? 'GET' : method} ${path} ${liveOnly}`;
    const known = this.derived.get(name);
    const scopes = known ? undefined : derivedScopes(method, path, this.rules.derive);
    if (!scopes) return known;
    const derived = {
      kind: 'scopes',
      all: scopes.length === 1 ? scopes : [],
      anyOf: scopes.length === 1 ? [] : [scopes],
      liveOnly,
    } as const;
    this.derived.set(name, derived);
    return derived;
  }

  /**
   * @returns who may call it; `undefined` for a route that is none of ours
   * @throws Error naming the route that does not say who may call it, or that is in the way of one of ours
   */
  add(method: string, path: string, config: AccessConfig): RouteAccess | undefined {
    const { counts, name = 'outside Nest', own } = config;
    const first = this.known.find((route) => route.method === method && route.path === path && route.name !== name);
    if (first && (own || this.ownRoutes.has(first))) throw new RouteTakenError(method, path, [first.name, name]);
    if (!this.isWhole && !counts) return undefined;
    const access = this.accessOf(config, method, path);
    if (!access) throw new UndeclaredRouteError(method, path, name);
    const route = { method, path, name, access };
    this.known.push(route);
    if (own) this.ownRoutes.add(route);
    return access;
  }

  private isOwn(controller: Function): boolean {
    return this.rules.own?.includes(controller) ?? false;
  }
}

function notAsked(): never {
  throw new Error('No server has been given a gate yet');
}

/** A route without `@RequireScope`, `@RequireAnyScope`, `@Resource`, `@Authenticated` or `@Public`. */
export class UndeclaredRouteError extends Error {
  override readonly name = 'UndeclaredRouteError';

  constructor(method: string, path: string, handler: string) {
    super(
      `${method} ${path} (${handler}) does not say who may call it. ` +
        'Put @RequireScope(…), @RequireAnyScope(…), @Authenticated() or @Public() on it, or @Resource(…) on its controller.',
    );
  }
}

/** A route of the host on a path of the package's own REST interface. */
export class RouteTakenError extends Error {
  override readonly name = 'RouteTakenError';

  constructor(method: string, path: string, [first, second]: readonly [string, string]) {
    super(
      `${method} ${path} is there twice: ${first} and ${second}. Give your own route another path, or the package's interface a ` +
        "prefix, KeystileModule.forRoot({ api: { prefix: 'keystile' }, … }), or leave it out: api: false.",
    );
  }
}

/** What the inventory wrote on a handler; Nest copies it to what it registers with the server. */
export const declaredConfig = (handler: object): AccessConfig =>
  (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG, handler) as AccessConfig | undefined) ?? {};

function writeRouteConfig(controller: Function, handler: object, handlerName: string, isOwn: boolean): void {
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (method === undefined) return;
  const access = accessOf(controller, handler, RequestMethod[method]);
  const config = declaredConfig(handler);
  if (config.access && JSON.stringify(config.access) !== JSON.stringify(access)) {
    throw new Error(
      'One inherited handler stands in two controllers that say different things about who may call it. Override it in one of them.',
    );
  }
  Reflect.defineMetadata(
    FASTIFY_ROUTE_CONFIG,
    // Another application of this process may have written it, and tells what it admitted as by the object.
    {
      ...config,
      access: config.access ?? access,
      counts: true,
      liveOnly: isLiveOnly(controller, handler),
      name: `${controller.name}.${handlerName}`,
      ...(isOwn ? { own: true } : {}),
    },
    handler,
  );
}
