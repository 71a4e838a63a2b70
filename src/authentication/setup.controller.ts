import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import { type Device, SetupService } from '../organizations';
import { Public } from '../permissions';
import { Attempts } from './attempts';
import { CurrentDevice } from './current-device';
import { AnswersWithSession, SessionAnswers } from './session-answers';
import { SignedInView, TokenView } from './session.dto';
import { SetupDto } from './setup.dto';

@ApiTags('Sessions')
@Controller('v1/setup')
export class SetupController {
  constructor(
    private readonly setups: SetupService,
    private readonly answers: SessionAnswers,
    private readonly attempts: Attempts,
  ) {}

  /** Creates the first owner and organization, once, with the token that the service printed. */
  @Post()
  @Public()
  @HttpCode(201)
  @AnswersWithSession(201)
  async setUp(
    @Body() { transport, ...request }: SetupDto,
    @CurrentDevice() device: Device,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView | TokenView> {
    await this.attempts.setup(device.ip);
    const signedIn = await this.setups.setUp(request, device, actor);
    void reply.header('location', `/v1/organizations/${signedIn.organizationId}`);
    return this.answers.answer(reply, signedIn, transport);
  }
}
