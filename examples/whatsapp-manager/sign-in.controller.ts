import { Controller, Get, Header, Redirect } from '@nestjs/common';
import { Public } from 'keystile';

import { SIGN_IN_PAGE, SIGN_IN_SCRIPT } from './sign-in-page';

const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'";

/** Where people sign in to the page at `/api-management`. */
@Controller()
@Public()
export class SignInController {
  @Get()
  @Redirect('/api-management')
  home(): void {}

  @Get('sign-in')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('x-content-type-options', 'nosniff')
  page(): string {
    return SIGN_IN_PAGE;
  }

  @Get('sign-in.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return SIGN_IN_SCRIPT;
  }
}
