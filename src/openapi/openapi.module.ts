import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';

import { OPENAPI_OPTIONS, OpenApiDocument, type OpenApiOptions } from './openapi-document';
import { OpenApiController } from './openapi.controller';

/** `GET /openapi.json`. Call `app.get(OpenApiDocument).describes(app)` once the application is made. */
@Module({})
export class OpenApiModule {
  static forRoot(options: OpenApiOptions): DynamicModule {
    return {
      module: OpenApiModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [OpenApiController],
      providers: [OpenApiDocument, { provide: OPENAPI_OPTIONS, useValue: options }],
      exports: [OpenApiDocument],
    };
  }
}
