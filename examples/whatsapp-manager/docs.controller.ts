import { Controller, Get, Header, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from 'keystile';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = readFileSync(join(__dirname, 'api-keys.md'), 'utf8');

@Controller('docs')
export class DocsController {
  /** With the address that the reader came by, so that its examples work where they stand. */
  @Get('api-keys')
  @Public()
  @Header('content-type', 'text/markdown; charset=utf-8')
  page(@Req() { headers: { host = '' }, protocol }: FastifyRequest): string {
    return /^[\w.[\]:-]+$/.test(host) ? PAGE.replaceAll('http://your-server:8080', `${protocol}://${host}`) : PAGE;
  }
}
