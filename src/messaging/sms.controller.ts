import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { located } from './located';
import { smsDraft } from './message-content';
import { AcceptedMessageView } from './message.dto';
import { Outbox } from './outbox';
import { SendSmsDto } from './sms.dto';

@ApiTags('Messaging')
@Controller('sms')
export class SmsController {
  constructor(private readonly outbox: Outbox) {}

  /** Sends an SMS. */
  @Post()
  @HttpCode(202)
  @RequireScope('send_sms')
  async send(
    @CurrentPrincipal() principal: Principal,
    @Body() body: SendSmsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    return located(reply, await this.outbox.accept(principal, smsDraft(body)));
  }
}
