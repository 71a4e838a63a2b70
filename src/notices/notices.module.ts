import { type DynamicModule, Module } from '@nestjs/common';

import { given, type OptionsFactory, provideOptions } from '../permissions';
import { NetworkWatch } from './network-watch';
import { NoticeClaims } from './notice-claims';
import { NoticeJob } from './notice-job';
import { NoticeMailer } from './notice-mailer';
import { NOTICES_OPTIONS, type NoticesOptions } from './notices-options';
import { RefusalWatch } from './refusal-watch';

/**
 * Tells people about their keys. The host provides, globally, `MAILER` and `KEY_CONTACTS`, and makes `NetworkWatch` and `RefusalWatch`
 * two of its `CALL_OBSERVERS`.
 */
@Module({})
export class NoticesModule {
  static forRoot(options: NoticesOptions): DynamicModule {
    return NoticesModule.forRootAsync(given(options));
  }

  static forRootAsync(options: OptionsFactory<NoticesOptions>): DynamicModule {
    return {
      module: NoticesModule,
      global: true,
      imports: options.imports ?? [],
      providers: [provideOptions(NOTICES_OPTIONS, options), NetworkWatch, NoticeClaims, NoticeJob, NoticeMailer, RefusalWatch],
      exports: [NetworkWatch, NoticeJob, RefusalWatch],
    };
  }
}
