import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import { notFound, type Principal } from '../common';
import { type ExpectedVersion, IdPipe, IfMatch, PageQueryDto } from '../http';
import { AccountDeletion, SessionListView, SessionService, UpdateUserDto, UserService, UserView } from '../organizations';
import { Authenticated, CurrentPrincipal } from '../permissions';
import { ChangePasswordDto, DeleteAccountDto } from './account.dto';
import { Attempts } from './attempts';
import { SessionAnswers } from './session-answers';

@ApiTags('Your account')
@Controller('v1/users/me')
@Authenticated('user')
export class AccountController {
  constructor(
    private readonly users: UserService,
    private readonly deletion: AccountDeletion,
    private readonly sessions: SessionService,
    private readonly attempts: Attempts,
    private readonly answers: SessionAnswers,
  ) {}

  /** Shows your account. */
  @Get()
  async get(@CurrentPrincipal() principal: Principal): Promise<UserView> {
    return this.users.get(principal);
  }

  /** Changes your account. */
  @Patch()
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: UpdateUserDto,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<UserView> {
    return this.users.update({ principal, actor }, dto, expected);
  }

  /** Deletes your account, with your keys, sessions and memberships. It cannot be undone. */
  @Delete()
  @HttpCode(204)
  async delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() { password }: DeleteAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.attempts.password(principal.id);
    await this.deletion.delete({ principal, actor }, password);
    this.answers.clear(reply);
  }

  /** Changes your password and ends your other sessions. */
  @Post('password')
  @HttpCode(204)
  async changePassword(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() { currentPassword, newPassword }: ChangePasswordDto,
  ): Promise<void> {
    await this.attempts.password(principal.id);
    await this.users.changePassword({ principal, actor }, currentPassword, newPassword);
  }

  /** Lists where you are signed in, the newest first. */
  @Get('sessions')
  async listSessions(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<SessionListView> {
    return this.sessions.list(principal, page);
  }

  /** Ends one of your sessions. */
  @Delete('sessions/:id')
  @HttpCode(204)
  async endSession(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('id', new IdPipe('ses')) id: string,
  ): Promise<void> {
    if (!(await this.sessions.end(principal, id, 'revoked', actor))) throw notFound();
  }
}
