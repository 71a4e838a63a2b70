import { Controller, Get, Header, Inject, Param, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';

import { notFound } from '../common';
import { OpenApiDocument } from '../openapi';
import { Public } from '../permissions';
import { auditMarkdown, auditPage } from './audit.page';
import { authenticationMarkdown, authenticationPage } from './authentication.page';
import { errorsPage } from './errors.page';
import { PAGE_SECURITY_POLICY, renderPage } from './page';
import { referencePage } from './reference.page';
import { STYLESHEET, STYLESHEET_NAME } from './stylesheet';

export const PUBLIC_URL = Symbol('keystile:docs-public-url');

const HtmlPage = (): MethodDecorator => (target, name, descriptor) => {
  for (const [header, value] of [
    ['content-type', 'text/html; charset=utf-8'],
    ['content-security-policy', PAGE_SECURITY_POLICY],
    ['cache-control', 'no-cache'],
  ] as const) {
    Header(header, value)(target, name, descriptor);
  }
};

/** Pages for people, made once and kept: they are the same for everybody. */
@ApiExcludeController()
@Controller()
@Public()
export class DocsController {
  private reference: string | undefined;
  private readonly errors = renderPage(errorsPage());
  private readonly authentication: string;
  private readonly audit: string;

  constructor(
    private readonly document: OpenApiDocument,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {
    this.authentication = renderPage(authenticationPage(publicUrl));
    this.audit = renderPage(auditPage(publicUrl));
  }

  @Get()
  @Redirect('/api-management', 302)
  start(): void {
    // The decorator says it all.
  }

  @Get('docs')
  @HtmlPage()
  showReference(): string {
    this.reference ??= renderPage(referencePage(this.document.read(), this.publicUrl));
    return this.reference;
  }

  @Get('docs/authentication')
  @HtmlPage()
  showAuthentication(): string {
    return this.authentication;
  }

  @Get('docs/authentication.md')
  @Header('content-type', 'text/markdown; charset=utf-8')
  @Header('cache-control', 'no-cache')
  showAuthenticationAsMarkdown(): string {
    return authenticationMarkdown(this.publicUrl);
  }

  @Get('docs/errors')
  @HtmlPage()
  showErrors(): string {
    return this.errors;
  }

  @Get('docs/audit')
  @HtmlPage()
  showAudit(): string {
    return this.audit;
  }

  @Get('docs/audit.md')
  @Header('content-type', 'text/markdown; charset=utf-8')
  @Header('cache-control', 'no-cache')
  showAuditAsMarkdown(): string {
    return auditMarkdown(this.publicUrl);
  }

  @Get('docs/assets/:name')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  showStylesheet(@Param('name') name: string): string {
    if (name !== STYLESHEET_NAME) throw notFound();
    return STYLESHEET;
  }
}
