import { type DynamicModule, Module } from '@nestjs/common';

import { EmailController } from './email.controller';
import { HeaderImages } from './header-images';
import { MessageRetention } from './message-retention';
import { MessageController } from './message.controller';
import { HeaderImage, Message, MessageBlob } from './message.entity';
import { MessageService } from './message.service';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options';
import { Outbox } from './outbox';
import { OutboxWorker } from './outbox-worker';
import { Providers } from './providers';
import { SmsController } from './sms.controller';
import { SmtpMailer } from './smtp-mailer';
import { WhatsappController } from './whatsapp.controller';

export const messagingEntities = [Message, MessageBlob, HeaderImage];

/** SMS, WhatsApp and e-mail. Expects `Clock`, `AuditTrail`, `PageCursors` and the database from global modules. */
@Module({})
export class MessagingModule {
  static forRoot(options: MessagingOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      controllers: [SmsController, WhatsappController, EmailController, MessageController],
      providers: [
        { provide: MESSAGING_OPTIONS, useValue: options },
        HeaderImages,
        MessageRetention,
        MessageService,
        Outbox,
        OutboxWorker,
        Providers,
        SmtpMailer,
      ],
      exports: [OutboxWorker, SmtpMailer],
    };
  }
}
