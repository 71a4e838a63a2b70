import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import type { Principal } from '../common';
import { type ExpectedVersion, IdPipe, IfMatch, PageQueryDto } from '../http';
import { CurrentPrincipal, RequireScope } from '../permissions';
import { CreateServiceAccountDto, ServiceAccountListView, ServiceAccountView, UpdateServiceAccountDto } from './service-account.dto';
import { ServiceAccountService } from './service-account.service';

const AccountId = (): ParameterDecorator => Param('id', new IdPipe('sva'));

@ApiTags('Service accounts')
@Controller('v1/service-accounts')
export class ServiceAccountController {
  constructor(private readonly accounts: ServiceAccountService) {}

  /** Lists the service accounts of the organization, newest first. */
  @Get()
  @RequireScope('service_account.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() page: PageQueryDto): Promise<ServiceAccountListView> {
    return this.accounts.list(principal, page);
  }

  /** Creates a service account: an owner for keys that shall outlive people. */
  @Post()
  @RequireScope('service_account.create')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: CreateServiceAccountDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceAccountView> {
    const account = await this.accounts.create({ principal, actor }, dto);
    void reply.header('location', `/v1/service-accounts/${account.id}`);
    return account;
  }

  /** Shows one service account. */
  @Get(':id')
  @RequireScope('service_account.read')
  async get(@CurrentPrincipal() principal: Principal, @AccountId() id: string): Promise<ServiceAccountView> {
    return this.accounts.get(principal, id);
  }

  /** Changes a service account, disables it or enables it again. */
  @Patch(':id')
  @RequireScope('service_account.update')
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @AccountId() id: string,
    @Body() dto: UpdateServiceAccountDto,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<ServiceAccountView> {
    return this.accounts.update({ principal, actor }, id, dto, expected);
  }

  /** Deletes a service account; each of its keys is revoked or taken over by the organization, as it says. */
  @Delete(':id')
  @HttpCode(204)
  @RequireScope('service_account.delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @AccountId() id: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<void> {
    await this.accounts.delete({ principal, actor }, id, expected);
  }
}
