import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Problem, Public, UserTokens } from 'keystile';

import { SessionDto } from './session.dto';
import { COMPANY, Staff } from './staff';

/** Signing in to the admin area. */
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly staff: Staff,
    private readonly tokens: UserTokens,
  ) {}

  @Post()
  @Public()
  @HttpCode(200)
  async signIn(@Body() { email, password }: SessionDto): Promise<object> {
    const member = await this.staff.check(email, password);
    if (!member) throw new Problem('login_failed');
    const token = await this.tokens.issue({ userId: member.id, organizationId: COMPANY });
    return { token, expires_in: this.tokens.lifetimeSeconds };
  }
}
