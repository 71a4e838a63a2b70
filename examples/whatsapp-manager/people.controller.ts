import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { IsBoolean, IsEmail, IsIn, IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, type Principal, Public, RequireScope, SignInAttempts, UserTokens } from 'keystile';

import { type Success, success } from './answers';
import type { ManagerUser } from './manager.entity';
import { People, type Role } from './people';

const ROLES = ['admin', 'manager', 'agent'] as const;
const MayBeAbsent = () => ValidateIf((_dto, value) => value !== undefined);

class LoginDto {
  @IsEmail()
  @MaxLength(254)
  readonly email!: string;

  @IsString()
  @Length(10, 200)
  readonly password!: string;
}

class RegisterDto extends LoginDto {
  @IsString()
  @Length(1, 100)
  readonly full_name!: string;

  @IsString()
  @Length(1, 100)
  readonly organization_name!: string;
}

class CreateUserDto extends LoginDto {
  @IsString()
  @Length(1, 100)
  readonly full_name!: string;

  @IsIn(ROLES)
  readonly role!: Role;
}

class UpdateUserDto {
  @MayBeAbsent()
  @IsIn(ROLES)
  readonly role?: Role;

  @MayBeAbsent()
  @IsBoolean()
  readonly is_active?: boolean;
}

/** JWTs for people (W01), and the people of an organization. */
@Controller('api')
export class PeopleController {
  constructor(
    private readonly people: People,
    private readonly tokens: UserTokens,
    private readonly attempts: SignInAttempts,
  ) {}

  @Post('auth/register')
  @Public()
  async register(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { organization_name, full_name: fullName, email, password }: RegisterDto,
  ): Promise<Success<object>> {
    await this.attempts.take(request, email);
    return this.session(await this.people.register(organization_name, { email, fullName, password }), reply);
  }

  @Post('auth/login')
  @HttpCode(200)
  @Public()
  async login(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { email, password }: LoginDto,
  ): Promise<Success<object>> {
    await this.attempts.take(request, email);
    return this.session(await this.people.signIn(email, password), reply);
  }

  @Get('users')
  @RequireScope('user.read')
  async list(@CurrentPrincipal() { organizationId }: Principal): Promise<Success<object>> {
    return success((await this.people.list(organizationId)).map(view));
  }

  @Post('users')
  @RequireScope('user.create')
  async create(
    @CurrentPrincipal() { organizationId }: Principal,
    @Body() { email, full_name: fullName, password, role }: CreateUserDto,
  ): Promise<Success<object>> {
    return success(view(await this.people.add(organizationId, { email, fullName, password, role })));
  }

  @Put('users/:id')
  @RequireScope('user.update')
  async update(
    @CurrentPrincipal() { organizationId }: Principal,
    @Param('id') id: string,
    @Body() { role, is_active: isActive }: UpdateUserDto,
  ): Promise<Success<object>> {
    return success(
      view(await this.people.change(organizationId, id, { ...(role && { role }), ...(isActive !== undefined && { isActive }) })),
    );
  }

  private async session(user: ManagerUser, reply: FastifyReply): Promise<Success<object>> {
    const { id: userId, organizationId } = user;
    const token = await this.tokens.issue({ userId, organizationId });
    // For the page at /api-management, which calls /v1 and nothing else; our own interface takes the token itself.
    const secure = reply.request.protocol === 'https' ? '; Secure' : '';
    const rules = `Path=/v1; HttpOnly; SameSite=Strict${secure}; Max-Age=${this.tokens.lifetimeSeconds}`;
    void reply.header('set-cookie', `keystile_session=${token}; ${rules}`);
    return success({ access_token: token, expires_in: this.tokens.lifetimeSeconds, user: view(user) });
  }
}

const view = ({ id, organizationId, email, fullName, role, isActive }: ManagerUser): object => ({
  id,
  organization_id: organizationId,
  email,
  full_name: fullName,
  role,
  is_active: isActive,
});
