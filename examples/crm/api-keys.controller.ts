import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import {
  type Actor,
  type Clock,
  CLOCK,
  CurrentActor,
  CurrentPrincipal,
  KeyReader,
  KeyRotation,
  KeyService,
  type KeyView,
  type Principal,
  RequireScope,
} from 'keystile';

import { ApiKeyDto, KeysOfDto } from './api-keys.dto';
import { COMPANY } from './staff';

/** Permissions stand on each route: rotating is no `create`, whatever its method. */
@Controller('api/v1/api-keys')
export class ApiKeyController {
  constructor(
    private readonly keys: KeyService,
    private readonly rotation: KeyRotation,
    private readonly reader: KeyReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('api_key.read')
  async list(@CurrentPrincipal() principal: Principal, @Query() { created_by: maker }: KeysOfDto): Promise<object> {
    const keys: KeyView[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await this.reader.list(principal, { limit: 100, ...(cursor ? { cursor } : {}) });
      keys.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor);
    return { data: keys.filter(({ createdBy }) => maker === undefined || createdBy === maker).map((key) => this.view(key)) };
  }

  @Get(':id')
  @RequireScope('api_key.read')
  async get(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<object> {
    return this.view(await this.reader.get(organizationId, id));
  }

  @Post()
  @RequireScope('api_key.create')
  async create(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor, @Body() key: ApiKeyDto): Promise<object> {
    const issued = await this.keys.create(
      { principal, actor },
      {
        name: key.name,
        scopes: key.permissions,
        allowedIps: key.ip_allowlist ?? [],
        ...(key.expires_at ? { expiresAt: key.expires_at } : {}),
        owner: { type: 'organization', id: COMPANY },
      },
    );
    return { ...this.view(issued), key: issued.key };
  }

  @Post(':id/rotate')
  @RequireScope('api_key.rotate')
  async rotate(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor, @Param('id') id: string): Promise<object> {
    const issued = await this.rotation.rotate({ principal, actor }, id, {}, undefined);
    return { ...this.view(issued), key: issued.key };
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @RequireScope('api_key.revoke')
  async revoke(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor, @Param('id') id: string): Promise<object> {
    return this.view(await this.keys.revoke({ principal, actor }, id, undefined));
  }

  private view(key: KeyView): object {
    const { id, name, prefix, scopes, allowedIps, status, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt, rotationDueAt } = key;
    return {
      id,
      name,
      prefix,
      permissions: scopes,
      ip_allowlist: allowedIps,
      status,
      created_at: createdAt,
      created_by: createdBy,
      last_used_at: lastUsedAt,
      expires_at: expiresAt,
      revoked_at: revokedAt,
      rotation_due: status === 'active' && rotationDueAt <= this.clock.now(),
    };
  }
}
