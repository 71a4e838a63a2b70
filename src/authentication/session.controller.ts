import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import { AccessDeniedError, type Principal } from '../common';
import { type Device, LoginService, SessionRefresh, SessionService } from '../organizations';
import { Authenticated, CurrentPrincipal, Public } from '../permissions';
import { Attempts } from './attempts';
import { CurrentDevice } from './current-device';
import { isSameOrigin } from './same-origin';
import { AnswersWithSession, SessionAnswers } from './session-answers';
import { readCookie, refreshCookieName } from './session-cookies';
import { LoginDto, RefreshDto, SignedInView, SwitchOrganizationDto, TokenView } from './session.dto';
import { SESSIONS_OPTIONS, type SessionsOptions, usesSecureCookies } from './sessions-options';

@ApiTags('Sessions')
@Controller('v1/auth')
export class SessionController {
  private readonly refreshCookie: string;

  constructor(
    private readonly logins: LoginService,
    private readonly sessions: SessionService,
    private readonly refreshes: SessionRefresh,
    private readonly answers: SessionAnswers,
    private readonly attempts: Attempts,
    @Inject(SESSIONS_OPTIONS) options: SessionsOptions,
  ) {
    this.refreshCookie = refreshCookieName(usesSecureCookies(options));
  }

  /** Signs you in. */
  @Post('login')
  @Public()
  @HttpCode(200)
  @AnswersWithSession(200)
  async login(
    @Body() { transport, ...request }: LoginDto,
    @CurrentDevice() device: Device,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView | TokenView> {
    await this.attempts.login(device.ip, request.email);
    return this.answers.answer(reply, await this.logins.login(request, device, actor), transport);
  }

  /** Trades a refresh token, from the body or the cookie, for new tokens. An old one ends the session. */
  @Post('refresh')
  @Public()
  @HttpCode(200)
  @AnswersWithSession(200)
  async refresh(
    @Body() { refreshToken }: RefreshDto,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView | TokenView> {
    const transport = refreshToken === undefined ? 'cookie' : 'bearer';
    const signedIn = await this.refreshes.refresh(refreshToken ?? this.tokenFromCookie(request), actor);
    return this.answers.answer(reply, signedIn, transport);
  }

  /** Ends this session; its access tokens die with it. */
  @Post('logout')
  @HttpCode(204)
  @Authenticated('user')
  async logout(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(principal, principal.sessionId!, 'signed_out', actor);
    this.answers.clear(reply);
  }

  /** Begins a session in another of your organizations. */
  @Post('switch-organization')
  @Authenticated('user')
  @HttpCode(200)
  @AnswersWithSession(200)
  async switchOrganization(
    @CurrentPrincipal() principal: Principal,
    @Body() { organizationId, transport }: SwitchOrganizationDto,
    @CurrentDevice() device: Device,
    @CurrentActor() actor: Actor,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInView | TokenView> {
    const signedIn = await this.sessions.switchOrganization(principal, organizationId, device, actor, transport === 'cookie');
    return this.answers.answer(reply, signedIn, transport);
  }

  /** A cookie comes with every request that any page makes: only our own pages may use it. */
  private tokenFromCookie({ headers }: FastifyRequest): string {
    const token = readCookie(headers.cookie, this.refreshCookie);
    if (token === undefined) throw new AccessDeniedError('missing_credentials');
    if (!isSameOrigin(headers)) throw new AccessDeniedError('csrf_rejected');
    return token;
  }
}
