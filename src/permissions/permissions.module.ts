import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { given, type ModuleParts, type OptionsFactory, provideOptions } from './options-factory';
import { ROUTE_RULES, RouteInventory, type RouteRules } from './route-inventory';
import { SCOPE_DESCRIPTIONS, ScopeCatalog, type ScopeDescriptions } from './scope-catalog';
import { ScopeController } from './scope.controller';

export interface PermissionsOptions extends RouteRules {
  /** A sentence about each scope, for the catalog, the documents and the dashboard. */
  readonly scopes?: ScopeDescriptions;
}

const PERMISSIONS_OPTIONS = Symbol('keystile:permissions-options');

/** Decorators, the route inventory and the catalog of scopes. */
@Module({})
export class PermissionsModule {
  static forRoot(options: PermissionsOptions = {}): DynamicModule {
    return PermissionsModule.forRootAsync(given(options));
  }

  static forRootAsync(options: OptionsFactory<PermissionsOptions>, { api = true }: ModuleParts = {}): DynamicModule {
    return {
      module: PermissionsModule,
      global: true,
      imports: [DiscoveryModule, ...(options.imports ?? [])],
      controllers: api ? [ScopeController] : [],
      providers: [
        provideOptions(PERMISSIONS_OPTIONS, options),
        { provide: ROUTE_RULES, useExisting: PERMISSIONS_OPTIONS },
        { provide: SCOPE_DESCRIPTIONS, inject: [PERMISSIONS_OPTIONS], useFactory: ({ scopes = {} }: PermissionsOptions) => scopes },
        RouteInventory,
        ScopeCatalog,
      ],
      exports: [RouteInventory, ScopeCatalog],
    };
  }
}
