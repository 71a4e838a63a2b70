import { type DynamicModule, Module } from '@nestjs/common';

import { DashboardController } from './dashboard.controller';
import { PageFiles } from './page-files';
import type { PageOptions } from './page-options';

export interface DashboardOptions extends PageOptions {
  /**
   * Where people of a host sign in, by a cookie that the API reads: `/admin/sign-in`. The page sends them there, with `?next=` and the
   * address to come back to, and shows nothing of members, roles and accounts. Default: the page signs in by itself.
   */
  readonly signIn?: string;
  /** What stands before `/v1` in the paths of the API. Default: nothing. */
  readonly apiPrefix?: string;
}

/** The page at `/api-management`. */
@Module({})
export class DashboardModule {
  static forRoot(options: DashboardOptions = {}): DynamicModule {
    return {
      module: DashboardModule,
      controllers: [DashboardController],
      providers: [{ provide: PageFiles, useFactory: () => new PageFiles(attribute(JSON.stringify(options))) }],
    };
  }
}

/** As the value of an attribute in double quotes. */
const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
