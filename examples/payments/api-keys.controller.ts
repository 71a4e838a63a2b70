import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  type Caller,
  CurrentCaller,
  CurrentPrincipal,
  KeyReader,
  KeyRotation,
  KeyService,
  type KeyView,
  LiveOnly,
  type Principal,
  RequireScope,
} from 'keystile';

import { ApiKeyDto, ApiKeyPatchDto, DiagnosisDto, type RestrictionsDto } from './api-keys.dto';
import { Diagnosis } from './diagnosis';
import { isoSeconds } from './place';
import { SecurityEvents } from './security-events';

const MOST_LISTED = 100;

/** Keys of the account. Not for test keys: what they do is not kept, and a key is something to keep. */
@Controller('v1/api-keys')
@LiveOnly()
export class ApiKeyController {
  constructor(
    private readonly keys: KeyService,
    private readonly rotation: KeyRotation,
    private readonly reader: KeyReader,
    private readonly diagnosis: Diagnosis,
  ) {}

  @Get()
  @RequireScope('api_key.read')
  async list(@CurrentPrincipal() principal: Principal): Promise<object> {
    const keys: KeyView[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await this.reader.list(principal, { limit: MOST_LISTED, status: 'active', ...(cursor ? { cursor } : {}) });
      keys.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor);
    return { success: true, data: keys.map(listItem) };
  }

  @Get(':id')
  @RequireScope('api_key.read')
  async get(@CurrentPrincipal() { organizationId }: Principal, @Param('id') id: string): Promise<object> {
    return { success: true, data: details(await this.reader.get(organizationId, id)) };
  }

  @Post()
  @RequireScope('api_key.create')
  async create(@CurrentCaller() caller: Caller, @Body() { name, type, restrictions = {} }: ApiKeyDto): Promise<object> {
    const owner = { type: 'organization', id: caller.principal.organizationId } as const;
    const issued = await this.keys.create(caller, { name, environment: type, owner, ...limits(restrictions) });
    return { success: true, data: { ...details(issued), key: issued.key } };
  }

  @Patch(':id')
  @RequireScope('api_key.update')
  async restrict(@CurrentCaller() caller: Caller, @Param('id') id: string, @Body() { restrictions }: ApiKeyPatchDto): Promise<object> {
    return { success: true, data: details(await this.keys.update(caller, id, limits(restrictions), undefined)) };
  }

  @Post(':id/rotate')
  @RequireScope('api_key.rotate')
  async rotate(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    const issued = await this.rotation.rotate(caller, id, {}, undefined);
    return { success: true, data: { ...details(issued), key: issued.key } };
  }

  @Delete(':id')
  @RequireScope('api_key.revoke')
  async revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<object> {
    await this.keys.revoke(caller, id, undefined);
    return { success: true, message: 'API key revoked successfully' };
  }

  @Post('diagnose')
  @HttpCode(200)
  @RequireScope('api_key.read')
  async diagnose(@CurrentPrincipal() { organizationId }: Principal, @Body() { key, type }: DiagnosisDto): Promise<object> {
    return { success: true, data: await this.diagnosis.of(organizationId, key, type) };
  }
}

/** What was noticed about live keys. */
@Controller('v1/security-events')
@LiveOnly()
export class SecurityEventController {
  constructor(private readonly events: SecurityEvents) {}

  @Get()
  @RequireScope('security_event.read')
  async list(@CurrentCaller() caller: Caller): Promise<object> {
    return { success: true, data: await this.events.newest(caller) };
  }
}

const listItem = ({ id, name, environment, createdAt, lastUsedAt }: KeyView) => ({
  id,
  name,
  prefix: `sk_${environment}_`,
  created_at: isoSeconds(createdAt),
  last_used: isoSeconds(lastUsedAt),
});

const details = (key: KeyView): object => ({
  ...listItem(key),
  status: key.status,
  rotation_due_at: isoSeconds(key.rotationDueAt),
  restrictions: { ip_addresses: key.allowedIps, referrer_urls: key.allowedReferrers, endpoints: key.allowedEndpoints },
});

const limits = ({ ip_addresses: allowedIps, referrer_urls: allowedReferrers, endpoints: allowedEndpoints }: RestrictionsDto) => ({
  ...(allowedIps ? { allowedIps } : {}),
  ...(allowedReferrers ? { allowedReferrers } : {}),
  ...(allowedEndpoints ? { allowedEndpoints } : {}),
});
