import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';

import { PageCursors } from '../common';
import { EtagInterceptor } from './etag';
import { ProblemFilter } from './problem.filter';
import { StrictQueryInterceptor } from './strict-query';
import { validationPipe } from './validation';

export interface HttpOptions {
  /** Sign page cursors; the first one is used for new cursors, all are accepted. */
  readonly cursorSecrets: readonly Buffer[];
}

/** How requests are read and answers are shaped, the same for every controller. */
@Module({})
export class HttpModule {
  static forRoot({ cursorSecrets }: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      providers: [
        { provide: PageCursors, useValue: new PageCursors(cursorSecrets) },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_INTERCEPTOR, useClass: StrictQueryInterceptor },
        { provide: APP_INTERCEPTOR, useClass: EtagInterceptor },
      ],
      exports: [PageCursors],
    };
  }
}
