import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { type Actor, CurrentActor } from '../audit';
import { type Device, PasswordResetService } from '../organizations';
import { Public } from '../permissions';
import { Attempts } from './attempts';
import { CurrentDevice } from './current-device';
import { EmptyView, ForgotPasswordDto, ResetPasswordDto } from './password-reset.dto';

@ApiTags('Sessions')
@Controller('v1/auth')
export class PasswordResetController {
  constructor(
    private readonly resets: PasswordResetService,
    private readonly attempts: Attempts,
  ) {}

  /** Mails a link to set a new password, where a mail server is set. The answer is the same whether or not there is an account. */
  @Post('forgot-password')
  @HttpCode(200)
  @Public()
  async forgot(@Body() { email }: ForgotPasswordDto, @CurrentDevice() { ip }: Device, @CurrentActor() actor: Actor): Promise<EmptyView> {
    await this.attempts.passwordResetMail(ip, email);
    this.resets.request(email, actor);
    return {};
  }

  /** Sets a new password with the token of a mailed link, and ends every session of the account. */
  @Post('reset-password')
  @HttpCode(200)
  @Public()
  async reset(
    @Body() { token, password }: ResetPasswordDto,
    @CurrentDevice() { ip }: Device,
    @CurrentActor() actor: Actor,
  ): Promise<EmptyView> {
    await this.attempts.passwordReset(ip);
    await this.resets.reset(token, password, actor);
    return {};
  }
}
