import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem, Public, SignInAttempts, UserTokens } from 'keystile';

import { Accounts } from './accounts';
import { SessionDto } from './session.dto';

/** “Log in to your account.” */
@Controller('v1/sessions')
export class SessionController {
  constructor(
    private readonly accounts: Accounts,
    private readonly tokens: UserTokens,
    private readonly attempts: SignInAttempts,
  ) {}

  @Post()
  @Public()
  @HttpCode(200)
  async signIn(@Req() request: FastifyRequest, @Body() { email, password }: SessionDto): Promise<object> {
    await this.attempts.take(request, email);
    const person = await this.accounts.check(email, password);
    if (!person) throw new Problem('login_failed');
    const token = await this.tokens.issue({ userId: person.id, organizationId: person.accountId });
    return { success: true, data: { token, expires_in: this.tokens.lifetimeSeconds } };
  }
}
