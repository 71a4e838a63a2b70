import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';

/** Options that Nest makes from other providers, once those are there. */
export interface OptionsFactory<Options> {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<Options>['useFactory'];
}

/** Options that are there already. */
export const given = <Options>(options: Options): OptionsFactory<Options> => ({ useFactory: () => options });

export const provideOptions = <Options>(
  provide: symbol,
  { inject = [], useFactory }: OptionsFactory<Options>,
): FactoryProvider<Options> => ({
  provide,
  inject,
  useFactory,
});

/** Whether a module brings its REST controllers, or its services alone. */
export interface ModuleParts {
  /** Default `true`. */
  readonly api?: boolean;
}
