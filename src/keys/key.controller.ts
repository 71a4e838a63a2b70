import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Actor, CurrentActor } from '../audit';
import { callOf, type Principal } from '../common';
import { ShowsEffect } from '../coordination';
import { type ExpectedVersion, IdPipe, IfMatch } from '../http';
import { Authenticated, CurrentPrincipal, RequireScope } from '../permissions';
import {
  ChangedKeyView,
  CreateKeyDto,
  IssuedKeyView,
  KeyListView,
  KeyView,
  ListKeysDto,
  RevokeKeyDto,
  RotatedKeyView,
  RotateKeyDto,
  UpdateKeyDto,
} from './key.dto';
import { KeyReader } from './key-reader';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';

const KeyId = (): ParameterDecorator => Param('id', new IdPipe('key'));

@ApiTags('API keys')
@Controller('v1/api-keys')
export class KeyController {
  constructor(
    private readonly keys: KeyService,
    private readonly rotation: KeyRotation,
    private readonly reader: KeyReader,
  ) {}

  /** Lists the keys of the organization, newest first. */
  @Get()
  @RequireScope('api_key.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() filter: ListKeysDto): Promise<KeyListView> {
    return this.reader.list(principal, filter);
  }

  /** Creates a key. The secret stands in this answer only. */
  @Post()
  @RequireScope('api_key.create')
  @Header('cache-control', 'no-store')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: CreateKeyDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedKeyView> {
    const issued = await this.keys.create({ principal, actor }, dto);
    void reply.header('location', `${callOf(request).path}/${issued.id}`);
    return issued;
  }

  /** Shows the key that makes this call. */
  @Get('current')
  @Authenticated('api_key')
  async current(@CurrentPrincipal() { organizationId, id }: Principal): Promise<KeyView> {
    return this.reader.get(organizationId, id);
  }

  /** Revokes the key that makes this call. */
  @Post('current/revoke')
  @HttpCode(200)
  @Authenticated('api_key')
  @ShowsEffect()
  async revokeCurrent(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() dto: RevokeKeyDto,
  ): Promise<ChangedKeyView> {
    return this.keys.revoke({ principal, actor }, principal.id, dto.reason);
  }

  /** Shows one key. */
  @Get(':id')
  @RequireScope('api_key.read')
  async get(@CurrentPrincipal() { organizationId }: Principal, @KeyId() id: string): Promise<KeyView> {
    return this.reader.get(organizationId, id);
  }

  /** Changes a key. Absent fields stay, `null` clears. */
  @Patch(':id')
  @RequireScope('api_key.update')
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @KeyId() id: string,
    @Body() dto: UpdateKeyDto,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<KeyView> {
    return this.keys.update({ principal, actor }, id, dto, expected);
  }

  /** Adds a secret and retires the old one, at once or after `overlapSeconds`. The secret stands in this answer only. */
  @Post(':id/rotate')
  @RequireScope('api_key.rotate')
  @Header('cache-control', 'no-store')
  @ShowsEffect()
  async rotate(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @KeyId() id: string,
    @Body() dto: RotateKeyDto,
    @IfMatch() expected: ExpectedVersion,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RotatedKeyView> {
    void reply.header('location', callOf(request).path.slice(0, -'/rotate'.length));
    return this.rotation.rotate({ principal, actor }, id, dto, expected);
  }

  /** Ends an old secret before its overlap does. */
  @Post(':id/credentials/:prefix/retire')
  @HttpCode(200)
  @RequireScope('api_key.rotate')
  @ShowsEffect()
  async retire(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @KeyId() id: string,
    @Param('prefix') prefix: string,
  ): Promise<ChangedKeyView> {
    return this.rotation.retire({ principal, actor }, id, prefix);
  }

  /** Ends a key now and for ever. */
  @Post(':id/revoke')
  @HttpCode(200)
  @RequireScope('api_key.revoke')
  @ShowsEffect()
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @KeyId() id: string,
    @Body() dto: RevokeKeyDto,
  ): Promise<ChangedKeyView> {
    return this.keys.revoke({ principal, actor }, id, dto.reason);
  }

  /** The same as revoke: the row stays for the records. */
  @Delete(':id')
  @RequireScope('api_key.revoke')
  @ShowsEffect()
  async remove(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor, @KeyId() id: string): Promise<ChangedKeyView> {
    return this.keys.revoke({ principal, actor }, id, undefined);
  }

  /** Refuses the key until it is enabled again. */
  @Post(':id/disable')
  @HttpCode(200)
  @RequireScope('api_key.update')
  @ShowsEffect()
  async disable(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @KeyId() id: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<ChangedKeyView> {
    return this.keys.setDisabled({ principal, actor }, id, true, expected);
  }

  /** Lets a disabled key work again. */
  @Post(':id/enable')
  @HttpCode(200)
  @RequireScope('api_key.update')
  async enable(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @KeyId() id: string,
    @IfMatch() expected: ExpectedVersion,
  ): Promise<KeyView> {
    return this.keys.setDisabled({ principal, actor }, id, false, expected);
  }
}
