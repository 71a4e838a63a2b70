import { type DynamicModule, Module } from '@nestjs/common';

import { DocsController, PUBLIC_URL } from './docs.controller';

export interface DocsOptions {
  /** Where people reach the service; the examples call it there. */
  readonly publicUrl: string;
}

/** The pages under `/docs`. Needs `OpenApiModule`. */
@Module({})
export class DocsModule {
  static forRoot({ publicUrl }: DocsOptions): DynamicModule {
    return {
      module: DocsModule,
      controllers: [DocsController],
      providers: [{ provide: PUBLIC_URL, useValue: publicUrl }],
    };
  }
}
