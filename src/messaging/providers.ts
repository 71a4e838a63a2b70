import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, type Environment } from '../common';
import type { Channel } from './channel';
import { CloudApiWhatsapp } from './cloud-api-whatsapp';
import type { Provider } from './delivery';
import { HeaderImages } from './header-images';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options';
import { SmtpMailer } from './smtp-mailer';
import { TwilioSms } from './twilio-sms';

/** Who carries what. */
@Injectable()
export class Providers {
  private readonly byChannel: Readonly<Record<Channel, Provider | undefined>>;

  constructor(
    @Inject(MESSAGING_OPTIONS) { sms, whatsapp }: MessagingOptions,
    @Inject(CLOCK) clock: Clock,
    mailer: SmtpMailer,
    images: HeaderImages,
  ) {
    this.byChannel = {
      sms: sms.kind === 'twilio' ? new TwilioSms(sms, clock) : undefined,
      whatsapp: whatsapp.kind === 'cloud-api' ? new CloudApiWhatsapp(whatsapp, images, clock) : undefined,
      email: mailer.isConfigured ? mailer : undefined,
    };
  }

  /** Who carries a message of this channel away; nobody, for test keys and for channels without a provider. */
  find(channel: Channel, environment: Environment): Provider | undefined {
    return environment === 'live' ? this.byChannel[channel] : undefined;
  }
}
