import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { RouteInventory } from './route-inventory';
import { SCOPE_DESCRIPTIONS, ScopeCatalog, type ScopeDescriptions } from './scope-catalog';
import { ScopeController } from './scope.controller';

export interface PermissionsOptions {
  /** A sentence about each scope, for the catalog, the documents and the dashboard. */
  readonly scopes?: ScopeDescriptions;
}

/** Decorators, the route inventory and the catalog of scopes. */
@Module({})
export class PermissionsModule {
  static forRoot({ scopes = {} }: PermissionsOptions = {}): DynamicModule {
    return {
      module: PermissionsModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [ScopeController],
      providers: [RouteInventory, ScopeCatalog, { provide: SCOPE_DESCRIPTIONS, useValue: scopes }],
      exports: [RouteInventory, ScopeCatalog],
    };
  }
}
