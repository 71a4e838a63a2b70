import { Controller, Get, Header, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { notFound } from '../common';
import { IdPipe } from '../http';
import { Public } from '../permissions';
import { findPageFile, PAGE } from './page-files';

/** Scripts and styles are files of our own, requests go to our own API, and nobody frames the page. */
const SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HtmlPage = (): MethodDecorator => (target, name, descriptor) => {
  for (const [header, value] of [
    ['content-type', 'text/html; charset=utf-8'],
    ['content-security-policy', SECURITY_POLICY],
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
  ] as const) {
    Header(header, value)(target, name, descriptor);
  }
};

/**
 * The dashboard: one page for everybody, which signs in and does everything else through the public API. Public, because there is
 * nothing in it to protect.
 */
@ApiExcludeController()
@Controller('api-management')
@Public()
export class DashboardController {
  /** @param _query whatever a mail program or an analyst hangs on a link */
  @Get(['', 'new-key', 'calls', 'setup', 'accept-invitation', 'forgot-password', 'reset-password'])
  @HtmlPage()
  showPage(@Query() _query: unknown): string {
    return PAGE;
  }

  @Get('calls/:requestId')
  @HtmlPage()
  showCall(@Param('requestId', new IdPipe('req')) _requestId: string, @Query() _query: unknown): string {
    return PAGE;
  }

  @Get('assets/:version/:name')
  @Header('x-content-type-options', 'nosniff')
  showAsset(@Param('version') version: string, @Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const file = findPageFile(version, name);
    if (!file) throw notFound();
    void reply.headers({ 'content-type': file.type, 'cache-control': 'public, max-age=31536000, immutable' });
    return file.text;
  }
}
