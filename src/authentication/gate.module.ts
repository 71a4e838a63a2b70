import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { REALM } from '../http';
import { type ModuleParts, type OptionsFactory, provideOptions } from '../permissions';
import { AdmissionGuard } from './admission.guard';
import { DualStrategy, REALM_NAME } from './dual.strategy';
import { GATE_OPTIONS, Gatekeeper, type GateOptions } from './gatekeeper';
import { SelfInstallation } from './self-installation';
import { WhoamiController } from './whoami.controller';

export interface GateParts extends ModuleParts {
  /** Whether the gate puts itself into the server, or whoever starts the application does. Default `false`. */
  readonly installsItself?: boolean;
}

/** Deciding each call. Needs `USER_TOKEN_VERIFIER` from what it imports. */
@Module({})
export class GateModule {
  static forRootAsync(options: OptionsFactory<GateOptions>, { api = true, installsItself = false }: GateParts = {}): DynamicModule {
    return {
      module: GateModule,
      global: true,
      imports: options.imports ?? [],
      controllers: api ? [WhoamiController] : [],
      providers: [
        provideOptions(GATE_OPTIONS, options),
        { provide: REALM_NAME, useValue: REALM },
        Gatekeeper,
        DualStrategy,
        AdmissionGuard,
        { provide: APP_GUARD, useExisting: AdmissionGuard },
        ...(installsItself ? [SelfInstallation] : []),
      ],
      exports: [Gatekeeper, AdmissionGuard],
    };
  }
}
