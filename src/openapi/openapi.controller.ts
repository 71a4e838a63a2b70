import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { Public } from '../permissions';
import { OpenApiDocument } from './openapi-document';

@ApiExcludeController()
@Controller('openapi.json')
export class OpenApiController {
  private text: string | undefined;

  constructor(private readonly document: OpenApiDocument) {}

  /** The OpenAPI document. */
  @Get()
  @Public()
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-cache')
  read(): string {
    this.text ??= JSON.stringify(this.document.read());
    return this.text;
  }
}
