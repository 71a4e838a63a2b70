import type { IncomingMessage, ServerResponse } from 'node:http';

import type { CallRecorder } from '../audit';
import { callOf } from '../common';
import { sendEtagOf } from '../http';
import { type AccessConfig, declaredConfig, type FoundRoute, type RouteInventory } from '../permissions';
import { type AdmittedRequest, letIn } from './gate';
import type { Gatekeeper } from './gatekeeper';

/** What this needs of an Express application (5 and up, which answers for rejected promises): its router keeps what was registered, in the order in which it is tried. */
export interface ExpressApplication {
  use(handler: (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void): unknown;
  readonly router: { readonly stack: readonly Layer[] };
}

interface Layer {
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean | undefined>>;
    readonly stack: ReadonlyArray<{ readonly method?: string; readonly handle: object }>;
  };
  match(path: string): unknown;
}

/** A route as Express registered it. */
interface Registered {
  readonly path: string;
  /** In capitals; `undefined` stands for all. */
  readonly method: string | undefined;
  readonly config: AccessConfig;
  readonly layer: Layer;
}

/**
 * Decides each call before its body is read, as `installGate` does on Fastify. Express knows the route of a request only once it
 * gets there, so its own routes are asked whether they match. Where several do and ask for different things (versions by header,
 * hosts), the guard decides. Install it before any other middleware.
 */
export class ExpressGate {
  constructor(
    private readonly app: ExpressApplication,
    private readonly gatekeeper: Gatekeeper,
    private readonly inventory: RouteInventory,
    private readonly recorder: CallRecorder,
  ) {}

  install(): void {
    this.inventory.askRouter((method, path) => this.find(method, path));
    this.app.use((request, response, next) => {
      sendEtagOf(response);
      for (const [name, value] of Object.entries(this.gatekeeper.browserHeaders(request))) response.setHeader(name, value);
      if (this.gatekeeper.isPreflight(request)) {
        response.writeHead(204).end();
        return;
      }
      // What is thrown here goes where Express brings the errors of handlers.
      const decided = this.decide(request, response);
      // oxlint-disable-next-line promise/no-callback-in-promise -- Express is told by a callback
      if (decided) decided.then(() => next(), next);
      else next();
    });
  }

  /** To be called once every route is registered. @throws Error naming a route that does not say who may call it */
  takeInventory(): void {
    for (const { method = 'ALL', path, config } of this.routes()) this.inventory.add(method, path, config);
  }

  private find(method: string, path: string): FoundRoute | undefined {
    const [first] = this.matching({ method, url: path });
    return first && { pattern: first.path, access: this.inventory.accessOf(first.config, method, first.path), path };
  }

  private decide(request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
    const matching = this.matching(request);
    const accesses = matching.map(({ config, method = 'ALL', path }) => this.inventory.accessOf(config, method, path));
    if (!this.inventory.isWhole && accesses.every((one) => one === undefined)) return undefined;
    this.recorder.recordCall(request, response);
    const [first] = matching;
    if (!first) return this.gatekeeper.identify(request);
    const [access, ...others] = accesses;
    if (!access || others.some((other) => JSON.stringify(other) !== JSON.stringify(access))) return undefined;
    const call = callOf(request);
    call.route = first.path;
    const admission = this.gatekeeper.admit(request, access);
    if (admission instanceof Promise) return admission.then((principal) => letIn(request as AdmittedRequest, access, principal));
    letIn(request as AdmittedRequest, access, admission);
    return undefined;
  }

  private matching({ method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>): Registered[] {
    const path = url.split('?', 1)[0]!;
    const asked = [undefined, method, ...(method === 'HEAD' ? ['GET'] : [])];
    return this.routes().filter((route) => asked.includes(route.method) && matches(route.layer, path));
  }

  private routes(): Registered[] {
    return this.app.router.stack.flatMap((layer) =>
      (layer.route?.stack ?? []).map(({ method, handle }) => ({
        path: String(layer.route!.path),
        method: method?.toUpperCase(),
        config: declaredConfig(handle),
        layer,
      })),
    );
  }
}

/** A path that cannot be decoded matches nothing; Express refuses it later. */
function matches(layer: Layer, path: string): boolean {
  try {
    return Boolean(layer.match(path));
  } catch {
    return false;
  }
}
