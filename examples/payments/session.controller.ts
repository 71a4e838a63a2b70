import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Problem, Public, UserTokens } from 'keystile';

import { Accounts } from './accounts';
import { SessionDto } from './session.dto';

/** “Log in to your account.” */
@Controller('v1/sessions')
export class SessionController {
  constructor(
    private readonly accounts: Accounts,
    private readonly tokens: UserTokens,
  ) {}

  @Post()
  @Public()
  @HttpCode(200)
  async signIn(@Body() { email, password }: SessionDto): Promise<object> {
    const person = await this.accounts.check(email, password);
    if (!person) throw new Problem('login_failed');
    const token = await this.tokens.issue({ userId: person.id, organizationId: person.accountId });
    return { success: true, data: { token, expires_in: this.tokens.lifetimeSeconds } };
  }
}
