import { Controller, Get, Header, Redirect } from '@nestjs/common';
import { Public } from 'keystile';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const textOf = (name: string): string => readFileSync(join(__dirname, name), 'utf8');

/** Admin → API Keys: a page that signs in and calls the same routes as everybody else. */
@Controller()
@Public()
export class AdminController {
  private readonly page = textOf('admin.html');
  private readonly script = textOf('admin.js');
  private readonly style = textOf('admin.css');

  @Get()
  @Redirect('/admin/api-keys')
  home(): void {}

  @Get('admin/api-keys')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'self'; frame-ancestors 'none'; form-action 'self'")
  read(): string {
    return this.page;
  }

  @Get('admin/admin.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  readScript(): string {
    return this.script;
  }

  @Get('admin/admin.css')
  @Header('content-type', 'text/css; charset=utf-8')
  readStyle(): string {
    return this.style;
  }
}
