import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, Public, SignInAttempts, UserTokens } from 'keystile';

import { SessionDto } from './session.dto';
import { COMPANY, Staff } from './staff';

/** Signing in to the admin area, and to the page at /api-management. */
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly staff: Staff,
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
    const member = await this.staff.check(email, password);
    if (!member) throw new Problem('login_failed');
    const token = await this.tokens.issue({ userId: member.id, organizationId: COMPANY });
    // For the page at /api-management, which calls /v1; whoever calls the CRM itself sends the token.
    const secure = request.protocol === 'https' ? '; Secure' : '';
    void reply.header(
      'set-cookie',
      `keystile_session=${token}; Path=/v1; HttpOnly; SameSite=Strict${secure}; Max-Age=${this.tokens.lifetimeSeconds}`,
    );
    return { token, expires_in: this.tokens.lifetimeSeconds };
  }
}
