import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { IsISO8601, IsString, Length, Matches, ValidateIf } from 'class-validator';
import {
  type Actor,
  CurrentActor,
  CurrentPrincipal,
  type IssuedKeyView,
  KeyReader,
  KeyService,
  type KeyView,
  notFound,
  type Principal,
  RequireScope,
} from 'keystile';

import { moment, type Success, success } from './answers';
import { keyIdOf, uuidOf } from './key-uuid';
import { People } from './people';
import { KEY_PREFIX } from './manager-rules';

const MOMENT = 'must be an RFC 3339 time with an offset, such as 2025-12-31T23:59:59Z, or null';

class CreateApiKeyDto {
  /** Friendly name for the API key. */
  @IsString()
  @Length(1, 100)
  @Matches(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, { message: 'must be one line of text' })
  readonly name!: string;

  /** RFC 3339; `null` for no expiration. */
  @ValidateIf((_dto, value) => value !== undefined && value !== null)
  @IsISO8601({ strict: true, strictSeparator: true }, { message: MOMENT })
  @Matches(/^[0-8]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i, { message: MOMENT })
  readonly expires_at?: string | null;
}

/** The keys of an organization, whoever made them. */
@Controller('api/api-keys')
export class ApiKeyController {
  constructor(
    private readonly keys: KeyService,
    private readonly reader: KeyReader,
    private readonly people: People,
  ) {}

  @Get()
  @RequireScope('api_key.read')
  async list(@CurrentPrincipal() principal: Principal): Promise<Success<object[]>> {
    const working = new Set((await this.people.list(principal.organizationId)).filter(({ isActive }) => isActive).map(({ id }) => id));
    const keys = await this.all(principal);
    return success(keys.filter(({ status }) => status !== 'revoked').map((key) => listed(key, working.has(key.owner.id))));
  }

  @Post()
  @RequireScope('api_key.create')
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Body() { name, expires_at: expiresAt = null }: CreateApiKeyDto,
  ): Promise<Success<object>> {
    return success(created(await this.keys.create({ principal, actor }, { name, expiresAt })));
  }

  /** The row stays, for the audit; the key is gone for good. */
  @Delete(':id')
  @RequireScope('api_key.delete')
  async delete(
    @CurrentPrincipal() principal: Principal,
    @CurrentActor() actor: Actor,
    @Param('id') uuid: string,
  ): Promise<Success<object>> {
    const id = keyIdOf(uuid);
    const { status } = await this.reader.get(principal.organizationId, id);
    if (status === 'revoked') throw notFound();
    await this.keys.revoke({ principal, actor }, id);
    return success({ message: 'API key deleted successfully' });
  }

  private async all(principal: Principal): Promise<KeyView[]> {
    const keys: KeyView[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await this.reader.list(principal, { limit: 100, ...(cursor === undefined ? {} : { cursor }) });
      keys.push(...page.data);
      cursor = page.nextCursor ?? undefined;
      more = page.hasMore;
    }
    return keys;
  }
}

/** The first 8 characters behind `whm_` (W13). */
const shortPrefix = ({ prefix }: KeyView): string => prefix.slice(KEY_PREFIX.length);
const orNull = (time: Date | null): string | null => time && moment(time);

const listed = (key: KeyView, ownerIsActive: boolean): object => ({
  id: uuidOf(key.id),
  name: key.name,
  key_prefix: shortPrefix(key),
  last_used_at: orNull(key.lastUsedAt),
  expires_at: orNull(key.expiresAt),
  is_active: key.status === 'active' && ownerIsActive,
  created_at: moment(key.createdAt),
});

const created = (issued: IssuedKeyView): object => ({
  id: uuidOf(issued.id),
  name: issued.name,
  key: issued.key,
  key_prefix: shortPrefix(issued),
  expires_at: orNull(issued.expiresAt),
  created_at: moment(issued.createdAt),
});
