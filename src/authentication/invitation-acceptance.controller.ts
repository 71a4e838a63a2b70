import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import { type Device, InvitationAcceptance } from '../organizations';
import { Public } from '../permissions';
import { Attempts } from './attempts';
import { CurrentDevice } from './current-device';
import { AnswersWithSession, SessionAnswers } from './session-answers';
import { AcceptInvitationDto, SignedInView, TokenView } from './session.dto';

@ApiTags('Members')
@Controller('v1/invitations')
export class InvitationAcceptanceController {
  constructor(
    private readonly acceptance: InvitationAcceptance,
    private readonly answers: SessionAnswers,
    private readonly attempts: Attempts,
  ) {}

  /** Accepts an invitation, with the account that the address has or with a new one, and signs you in. */
  @Post('accept')
  @Public()
  @HttpCode(201)
  @AnswersWithSession(201)
  async accept(
    @Body() { transport, ...request }: AcceptInvitationDto,
    @CurrentDevice() device: Device,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView | TokenView> {
    await this.attempts.acceptInvitation(device.ip, await this.acceptance.addressee(request.token));
    const signedIn = await this.acceptance.accept(request, device, actor);
    void reply.header('location', `/v1/members/${signedIn.user.id}`);
    return this.answers.answer(reply, signedIn, transport);
  }
}
