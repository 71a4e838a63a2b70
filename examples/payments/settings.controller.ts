import { Controller, Get, Header, Redirect } from '@nestjs/common';
import { Public } from 'keystile';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const textOf = (name: string): string => readFileSync(join(__dirname, name), 'utf8');

/** Settings > API Keys: a page that signs in and calls the same routes as everybody else. */
@Controller()
@Public()
export class SettingsController {
  private readonly page = textOf('settings.html');
  private readonly script = textOf('settings.js');
  private readonly style = textOf('settings.css');

  @Get()
  @Redirect('/settings/api-keys')
  home(): void {}

  @Get('settings/api-keys')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'self'; frame-ancestors 'none'; form-action 'self'")
  read(): string {
    return this.page;
  }

  @Get('settings/settings.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  readScript(): string {
    return this.script;
  }

  @Get('settings/settings.css')
  @Header('content-type', 'text/css; charset=utf-8')
  readStyle(): string {
    return this.style;
  }
}
