import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, Public, SignInAttempts, UserTokens } from 'keystile';

import { Accounts } from './accounts';
import { KEYSTILE_PREFIX } from './keystile-prefix';
import { SessionDto } from './session.dto';

/** “Log in to your account”, and to the page at /api-management. */
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
  async signIn(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { email, password }: SessionDto,
  ): Promise<object> {
    await this.attempts.take(request, email);
    const person = await this.accounts.check(email, password);
    if (!person) throw new Problem('login_failed');
    const token = await this.tokens.issue({ userId: person.id, organizationId: person.accountId });
    // For the page at /api-management, and sent nowhere else: our own interface is called with the token.
    const secure = request.protocol === 'https' ? '; Secure' : '';
    void reply.header(
      'set-cookie',
      `keystile_session=${token}; Path=/${KEYSTILE_PREFIX}; HttpOnly; SameSite=Strict${secure}; Max-Age=${this.tokens.lifetimeSeconds}`,
    );
    return { success: true, data: { token, expires_in: this.tokens.lifetimeSeconds } };
  }
}
