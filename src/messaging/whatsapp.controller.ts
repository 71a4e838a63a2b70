import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { HeaderImages } from './header-images';
import { located } from './located';
import { whatsappDraft } from './message-content';
import { AcceptedMessageView } from './message.dto';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options';
import { Outbox } from './outbox';
import { readUpload, TakesUploads } from './upload';
import { HeaderImageView, SendWhatsappDto, TestWhatsappDto } from './whatsapp.dto';

@ApiTags('Messaging')
@RequireScope('send_whatsapp')
@Controller('whatsapp')
export class WhatsappController {
  constructor(
    private readonly outbox: Outbox,
    private readonly images: HeaderImages,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  /** Sends a WhatsApp message: a text or an approved template, under a header image if you like. */
  @Post()
  @HttpCode(202)
  async send(
    @CurrentPrincipal() principal: Principal,
    @Body() body: SendWhatsappDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    return located(reply, await this.outbox.accept(principal, whatsappDraft(body)));
  }

  /** Sends the test message of this installation, to see that WhatsApp works. */
  @Post('test')
  @HttpCode(202)
  async test(
    @CurrentPrincipal() principal: Principal,
    @Body() { to }: TestWhatsappDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    return located(reply, await this.outbox.accept(principal, whatsappDraft({ to, text: this.options.testMessage })));
  }

  /** Keeps a picture, PNG or JPEG up to 5 MiB, for the top of WhatsApp messages. */
  @Post('upload-header-image')
  @TakesUploads()
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } } })
  async uploadHeaderImage(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HeaderImageView> {
    return { headerImageId: await this.images.keep(principal, await readUpload(request, reply)) };
  }
}
