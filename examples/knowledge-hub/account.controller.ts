import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { IsEmail, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Actor,
  Authenticated,
  CurrentActor,
  CurrentPrincipal,
  hint,
  KeyReader,
  KeyService,
  type KeyView,
  notFound,
  type Principal,
  Public,
  SignInAttempts,
  UserTokens,
} from 'keystile';

import { Accounts } from './accounts';
import { FULL_ACCESS, SESSION_COOKIE } from './hub-rules';
import type { HubUser } from './hub.entity';

class AccountDto {
  @IsEmail()
  @MaxLength(254)
  readonly email!: string;

  @IsString()
  @Length(10, 200)
  readonly password!: string;
}

class PasswordDto {
  @IsString()
  @MaxLength(200)
  readonly password!: string;
}

class GenerateKeyDto {
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @Matches(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, { message: 'must be one line of text' })
  readonly name?: string;
}

/** What the seed calls the key that nobody named (K17). */
const DEFAULT_NAME = 'API Keys';

/** The web app: accounts, and the API Keys section of the settings. People only; a key cannot make keys. */
@Controller()
export class AccountController {
  constructor(
    private readonly accounts: Accounts,
    private readonly tokens: UserTokens,
    private readonly attempts: SignInAttempts,
    private readonly keys: KeyService,
    private readonly reader: KeyReader,
  ) {}

  @Post('auth/sign-up')
  @Public()
  async signUp(
    @Req() request: FastifyRequest,
    @Body() { email, password }: AccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.attempts.take(request, email);
    return this.session(await this.accounts.signUp(email, password), reply);
  }

  @Post('auth/sign-in')
  @HttpCode(200)
  @Public()
  async signIn(
    @Req() request: FastifyRequest,
    @Body() { email, password }: AccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.attempts.take(request, email);
    return this.session(await this.accounts.signIn(email, password), reply);
  }

  @Post('auth/sign-out')
  @HttpCode(204)
  @Public()
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.header('set-cookie', `${SESSION_COOKIE}=; ${COOKIE_RULES}; Max-Age=0`);
  }

  /** The keys of the account die with it: from this moment nobody stands behind them (K12). */
  @Delete('account')
  @HttpCode(204)
  @Authenticated('user')
  async deleteAccount(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Body() { password }: PasswordDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { email } = await this.accounts.get(principal.id);
    await this.attempts.take(request, email);
    const { id } = await this.accounts.signIn(email, password);
    await this.accounts.delete(id);
    const key = await this.activeKey(principal);
    if (key) await this.keys.revoke({ principal, actor }, key.id, 'The account was deleted');
    void reply.header('set-cookie', `${SESSION_COOKIE}=; ${COOKIE_RULES}; Max-Age=0`);
  }

  @Get('settings/api-key')
  @Authenticated('user')
  async key(@CurrentPrincipal() principal: Principal): Promise<object> {
    const key = await this.activeKey(principal);
    return { apiKey: key ? metadata(key) : null };
  }

  /** Makes the one key of the account; the one before it is revoked in the same transaction (K04, K05). */
  @Post('settings/api-key')
  @Authenticated('user')
  async generate(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() { name = DEFAULT_NAME }: GenerateKeyDto,
  ): Promise<object> {
    const issued = await this.keys.replaceAll({ principal, actor }, { name, scopes: [FULL_ACCESS] });
    return { apiKey: { ...metadata(issued), key: issued.key } };
  }

  @Delete('settings/api-key')
  @HttpCode(204)
  @Authenticated('user')
  async revoke(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor): Promise<void> {
    const key = await this.activeKey(principal);
    if (!key) throw notFound();
    await this.keys.revoke({ principal, actor }, key.id);
  }

  private async activeKey(principal: Principal): Promise<KeyView | undefined> {
    const { data } = await this.reader.list(principal, { limit: 1, status: 'active' });
    return data[0];
  }

  private async session({ id, email }: HubUser, reply: FastifyReply): Promise<object> {
    const token = await this.tokens.issue({ userId: id, organizationId: id });
    const secure = reply.request.protocol === 'https' ? '; Secure' : '';
    void reply.header('set-cookie', `${SESSION_COOKIE}=${token}; ${COOKIE_RULES}${secure}; Max-Age=${this.tokens.lifetimeSeconds}`);
    return { id, email };
  }
}

const COOKIE_RULES = 'Path=/; HttpOnly; SameSite=Strict';

/** What the settings show of a key (K17 to K22). */
const metadata = ({ name, prefix, scopes, createdAt, lastUsedAt }: KeyView): object => ({
  name,
  keyPrefix: hint(prefix),
  access: scopes,
  createdAt,
  lastUsedAt,
});
