import { Inject, Injectable } from '@nestjs/common';
import { closest, distance } from 'fastest-levenshtein';

import { Problem } from '../common';
import { RouteInventory } from './route-inventory';
import { scopesOf } from './route-access';
import { patternCovers } from './scope';

/** What a host says about its scopes: a sentence each, and whether a key may hold it. */
export interface ScopeDescription {
  readonly description: string;
  /** `false` for rights that only people may have. Default `true`. */
  readonly grantableToKeys?: boolean;
}

export type ScopeDescriptions = Readonly<Record<string, ScopeDescription>>;
export const SCOPE_DESCRIPTIONS = Symbol('keystile:scope-descriptions');

/** One scope of the running application, found on its routes. */
export interface CatalogScope {
  readonly name: string;
  readonly description: string;
  readonly endpoints: ReadonlyArray<{ readonly method: string; readonly path: string }>;
  readonly grantableToKeys: boolean;
}

/** A suggestion further away than this is none. */
const FARTHEST_TYPO = 4;

/** Every scope that a route of this application asks for. */
@Injectable()
export class ScopeCatalog {
  constructor(
    @Inject(RouteInventory) private readonly inventory: RouteInventory,
    @Inject(SCOPE_DESCRIPTIONS) private readonly descriptions: ScopeDescriptions,
  ) {}

  list(): CatalogScope[] {
    const endpoints = new Map<string, Array<{ method: string; path: string }>>();
    for (const { access, method, path } of this.inventory.routes) {
      if (method === 'HEAD') continue;
      for (const scope of scopesOf(access)) endpoints.set(scope, [...(endpoints.get(scope) ?? []), { method, path }]);
    }
    return [...endpoints]
      .map(([name, used]) => ({
        name,
        description: this.descriptions[name]?.description ?? '',
        endpoints: used,
        grantableToKeys: this.descriptions[name]?.grantableToKeys ?? true,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Rights that only people may have: no key can be given them by name, and no wildcard carries them into a key. */
  isForPeopleOnly(scope: string): boolean {
    return this.descriptions[scope]?.grantableToKeys === false;
  }

  /** Those patterns that cover no scope of this application. */
  unknown(patterns: readonly string[]): string[] {
    const names = this.list().map(({ name }) => name);
    return patterns.filter((pattern) => !names.some((name) => patternCovers(pattern, name)));
  }

  /**
   * Refuses patterns that cover no scope of this application: they are typing mistakes, or scopes that are no more.
   * @throws Problem `unknown_scope`, with the nearest known scope for each
   */
  requireKnown(patterns: readonly string[]): void {
    const unknown = this.unknown(patterns);
    if (unknown.length === 0) return;
    const names = this.list().map(({ name }) => name);
    const didYouMean = Object.fromEntries(unknown.flatMap((pattern) => suggestion(pattern, names)));
    throw new Problem('unknown_scope', { scopes: unknown, didYouMean }, `Unknown scope: ${unknown.join(', ')}`);
  }
}

function suggestion(pattern: string, names: readonly string[]): Array<[string, string]> {
  if (names.length === 0) return [];
  const families = [...new Set(names.flatMap((name) => (name.includes('.') ? [`${name.slice(0, name.lastIndexOf('.'))}.*`] : [])))];
  const nearest = closest(pattern, [...names, ...families]);
  return distance(pattern, nearest) <= FARTHEST_TYPO ? [[pattern, nearest]] : [];
}
