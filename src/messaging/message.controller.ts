import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { IdPipe } from '../http';
import { CurrentPrincipal, RequireAnyScope } from '../permissions';
import { located } from './located';
import { AcceptedMessageView, MessageDetailView, MessageListView, MessageQueryDto } from './message.dto';
import { MessageService } from './message.service';
import { Outbox } from './outbox';

const MessageIdPipe = new IdPipe('msg');

@ApiTags('Messaging')
@RequireAnyScope('send_sms', 'send_whatsapp', 'send_email')
@Controller('messages')
export class MessageController {
  constructor(
    private readonly messages: MessageService,
    private readonly outbox: Outbox,
  ) {}

  /** The organization's messages, newest first, with what became of them. */
  @Get()
  list(@CurrentPrincipal() principal: Principal, @Query() query: MessageQueryDto): Promise<MessageListView> {
    return this.messages.list(principal, query);
  }

  /** One message, with what it says. */
  @Get(':messageId')
  get(@CurrentPrincipal() principal: Principal, @Param('messageId', MessageIdPipe) id: string): Promise<MessageDetailView> {
    return this.messages.get(principal, id);
  }

  /** Sends a message again that failed, or that stayed in the outbox for want of a provider. */
  @Post(':messageId/resend')
  @HttpCode(202)
  async resend(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('messageId', MessageIdPipe) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedMessageView> {
    return located(reply, await this.outbox.resend(principal, actor, id));
  }
}
