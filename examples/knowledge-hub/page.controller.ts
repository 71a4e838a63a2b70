import { applyDecorators, Controller, Get, Header, Inject, Redirect, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from 'keystile';

import { RATE_LIMIT } from './accounts';
import { apiOverviewPage, authenticationPage, createCardPage } from './docs-pages';
import { SETTINGS_PAGE, SETTINGS_SCRIPT } from './settings-page';

const Page = (path: string): MethodDecorator =>
  applyDecorators(
    Get(path),
    Header('content-type', 'text/html; charset=utf-8'),
    Header(
      'content-security-policy',
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'",
    ),
    Header('x-content-type-options', 'nosniff'),
  );

/** The web app's settings and the documents, as HTML. */
@Controller()
@Public()
export class PageController {
  constructor(@Inject(RATE_LIMIT) private readonly rateLimit: { readonly limit: number; readonly windowSeconds: number }) {}

  @Page('')
  @Redirect('/settings')
  home(): void {}

  @Page('settings')
  settings(): string {
    return SETTINGS_PAGE;
  }

  @Get('settings.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  settingsScript(): string {
    return SETTINGS_SCRIPT;
  }

  @Page('docs')
  docs(@Req() request: FastifyRequest): string {
    return authenticationPage(baseUrlOf(request));
  }

  @Page('docs/api-overview')
  overview(@Req() request: FastifyRequest): string {
    return apiOverviewPage(baseUrlOf(request), this.rateLimit);
  }

  @Page('docs/create-card')
  createCard(@Req() request: FastifyRequest): string {
    return createCardPage(baseUrlOf(request));
  }
}

/** Where the reader has found this page, so that its examples work where they stand. A `Host` that is no host name is not repeated. */
function baseUrlOf({ headers: { host = '' }, protocol }: FastifyRequest): string {
  return `${protocol}://${/^[\w.[\]:-]+$/.test(host) ? host : 'localhost'}`;
}
