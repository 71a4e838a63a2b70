import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Principal } from '../common';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { SendEmailDto } from './email.dto';
import { located } from './located';
import { emailDraft } from './message-content';
import { AcceptedMessageView } from './message.dto';
import { Outbox } from './outbox';

@ApiTags('Messaging')
@Controller('email')
export class EmailController {
  constructor(private readonly outbox: Outbox) {}

  /** Sends an e-mail. */
  @Post()
  @HttpCode(202)
  @RequireScope('send_email')
  async send(
    @CurrentPrincipal() principal: Principal,
    @Body() body: SendEmailDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    return located(reply, await this.outbox.accept(principal, emailDraft(body)));
  }
}
