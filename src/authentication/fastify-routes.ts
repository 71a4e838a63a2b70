import type { FastifyInstance } from 'fastify';

import type { FoundRoute, RouteAccess } from '../permissions';

interface Registered {
  readonly method: string;
  readonly path: string;
  readonly access: RouteAccess | undefined;
}

/**
 * Tells which of its routes Fastify leads a call to. Whether one matches, and with which parameters, its own router says; it does not
 * say which one it is. That is the one whose pattern, with those parameters in it, is the path of the call.
 */
export class FastifyRoutes {
  private readonly registered: Registered[] = [];

  constructor(
    private readonly fastify: FastifyInstance,
    /** What the server makes of a URL before it looks for its route. */
    private readonly rewrite: (url: string) => string,
  ) {}

  add(route: Registered): void {
    this.registered.push(route);
  }

  find(method: string, asked: string): FoundRoute | undefined {
    const path = this.rewrite(asked);
    const matched = this.fastify.findRoute({ method, url: path });
    if (!matched) return undefined;
    const filled = this.registered
      .filter((route) => route.method === method)
      .map(({ path: pattern, access }) => ({ pattern, access, url: fill(pattern, matched.params) }));
    const url = decoded(path);
    // A host may have its router overlook what `loosened` takes away.
    const route = filled.find((one) => one.url === url) ?? filled.find((one) => loosened(one.url) === loosened(url));
    return route && { pattern: route.pattern, access: route.access, path };
  }
}

/** `:id`, `:id(\\d+)`, `:id?`, `*`, and `::` for a colon. */
const PARAMETER = /::|:([\w$]+)(?:\([^/]*\))?\??|\*/g;

const fill = (pattern: string, parameters: Readonly<Record<string, string | undefined>>): string =>
  pattern.replaceAll(PARAMETER, (text, name: string | undefined) =>
    text === '::' ? ':' : (parameters[text === '*' ? text : (name ?? '')] ?? ''),
  );

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const loosened = (path: string): string =>
  path
    .split(';', 1)[0]!
    .replaceAll(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '')
    .toLowerCase();
