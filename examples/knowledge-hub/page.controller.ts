import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from 'keystile';

import { RATE_LIMIT } from './accounts';
import { apiOverviewPage, authenticationPage, createCardPage } from './docs-pages';
import { SETTINGS_PAGE, SETTINGS_SCRIPT } from './settings-page';

/** The web app's settings and the documents, as HTML. */
@Controller()
@Public()
export class PageController {
  constructor(@Inject(RATE_LIMIT) private readonly rateLimit: { readonly limit: number; readonly windowSeconds: number }) {}

  @Get()
  home(@Res() reply: FastifyReply): void {
    void reply.redirect('/settings');
  }

  @Get('settings')
  settings(@Res() reply: FastifyReply): void {
    sendPage(reply, SETTINGS_PAGE);
  }

  @Get('settings.js')
  settingsScript(@Res() reply: FastifyReply): void {
    void reply.type('text/javascript; charset=utf-8').send(SETTINGS_SCRIPT);
  }

  @Get('docs')
  docs(@Res() reply: FastifyReply): void {
    sendPage(reply, authenticationPage(baseUrlOf(reply)));
  }

  @Get('docs/api-overview')
  overview(@Res() reply: FastifyReply): void {
    sendPage(reply, apiOverviewPage(baseUrlOf(reply), this.rateLimit));
  }

  @Get('docs/create-card')
  createCard(@Res() reply: FastifyReply): void {
    sendPage(reply, createCardPage(baseUrlOf(reply)));
  }
}

function sendPage(reply: FastifyReply, html: string): void {
  void reply
    .type('text/html; charset=utf-8')
    .header(
      'content-security-policy',
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'",
    )
    .header('x-content-type-options', 'nosniff')
    .send(html);
}

/** Where the reader has found this page, so that its examples work where they stand. A `Host` that is no host name is not repeated. */
function baseUrlOf({ request }: FastifyReply): string {
  const host = request.headers.host ?? '';
  return `${request.protocol}://${/^[\w.[\]:-]+$/.test(host) ? host : 'localhost'}`;
}
