import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';

import { PageCursors } from '../common';
import { given, type OptionsFactory, provideOptions } from '../permissions';
import { HTTP_OPTIONS, type HttpOptions } from './http-options';
import { OwnProblemFilter, ProblemFilter } from './problem.filter';
import { StrictQuery } from './strict-query';
import { validationPipe } from './validation';

/** How requests are read and answers are shaped, the same for every controller. */
@Module({})
export class HttpModule {
  static forRoot(options: HttpOptions): DynamicModule {
    return HttpModule.forRootAsync(given(options));
  }

  static forRootAsync(options: OptionsFactory<HttpOptions>): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: options.imports ?? [],
      providers: [
        provideOptions(HTTP_OPTIONS, options),
        { provide: PageCursors, inject: [HTTP_OPTIONS], useFactory: ({ cursorSecrets }: HttpOptions) => new PageCursors(cursorSecrets) },
        { provide: APP_FILTER, inject: [HTTP_OPTIONS], useFactory: problemFilter },
        { provide: APP_PIPE, inject: [HTTP_OPTIONS], useFactory: ({ only }: HttpOptions) => validationPipe(only) },
        StrictQuery,
      ],
      exports: [PageCursors, StrictQuery, HTTP_OPTIONS],
    };
  }
}

const problemFilter = (options: HttpOptions): ProblemFilter =>
  options.only === undefined ? new ProblemFilter(options) : new OwnProblemFilter(options);
