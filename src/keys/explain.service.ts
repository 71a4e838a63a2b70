import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK, invalidField, type Principal } from '../common';
import { OWNER_DIRECTORY, type OwnerDirectory, type OwnerStanding } from '../organizations';
import { type RouteAccess, RouteInventory, ScopeCatalog, scopesOf } from '../permissions';
import { RateLimiter } from '../rate-limits';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { type DescribedCall, factsOf } from './call-facts';
import { explain, type Explanation, NOWHERE } from './explain';
import type { ExplainCallDto, ExplanationView } from './explain.dto';
import type { Amending, ExplainedKey } from './explained-situation';
import { limitsOf } from './key-limits';
import { KeyReader } from './key-reader';
import { KeyRights } from './key-rights';

/** Where a call goes: to a route of this server, to another service, or to nothing that is there. */
export type Destination = { readonly pattern: string | null; readonly access: RouteAccess | null } | 'nowhere';

export interface Asked {
  readonly call: DescribedCall;
  readonly destination: Destination;
  readonly scopes: readonly string[];
  /** Given how the owner stands. */
  readonly isOverLimit: (standing: OwnerStanding) => Promise<boolean>;
  readonly now: Date;
}

/** Tells what a call of a key meets. */
@Injectable()
export class KeyExplanations {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly reader: KeyReader,
    private readonly rights: KeyRights,
    private readonly routes: RouteInventory,
    private readonly catalog: ScopeCatalog,
    private readonly limiter: RateLimiter,
  ) {}

  /** @throws Problem `not_found`; `validation_failed` for a secret that the key never had */
  async ofCall({ organizationId }: Principal, id: string, dto: ExplainCallDto): Promise<ExplanationView> {
    const key = await this.reader.row(this.database.manager, organizationId, id);
    const credentials = await this.credentialsOf(key);
    const credential = dto.prefix === undefined ? credentials.at(-1) : credentials.find(({ prefix }) => prefix === dto.prefix);
    if (!credential) throw invalidField('/prefix', 'is of no secret of this key');
    const asked = dto.path.split(/[?#]/, 1)[0]!;
    const found = dto.elsewhere ? undefined : this.routes.find(dto.method, asked);
    const now = this.clock.now();
    const { state: credentialState, retiresAt: credentialRetiresAt } = credential;
    return this.explained(
      key,
      { ...key, credentialState, credentialRetiresAt },
      {
        call: { ...dto, path: found?.path ?? asked },
        destination: dto.elsewhere ? ELSEWHERE : found ? { pattern: found.pattern, access: found.access ?? UNGUARDED } : 'nowhere',
        scopes: dto.scopes ?? [],
        isOverLimit: async (standing) => !(await this.limiter.hasRoom(limitsOf(key, standing), now)),
        now,
      },
    );
  }

  /** What a call meets, of a key as it stands or stood. */
  async explained(row: ApiKey, key: ExplainedKey, asked: Asked): Promise<ExplanationView> {
    const { call, destination, scopes, isOverLimit, now } = asked;
    const standing = await this.owners.standing(row.organizationId, { type: row.ownerType, id: row.ownerId });
    if (destination === 'nowhere') return view(NOWHERE, null, scopes, this.rights.now(key.scopes, standing.scopes));
    const { pattern, access } = destination;
    const liveOnly = access !== null && access.kind !== 'public' && access.liveOnly;
    const rights = (given: readonly string[]): readonly string[] => this.rights.now(given, standing.scopes);
    const isForPeopleOnly = (scope: string): boolean => this.catalog.isForPeopleOnly(scope);
    const facts = { ...factsOf(call), liveOnly };
    const limits = { isOverLimit: await isOverLimit(standing) };
    const amending = await this.amending(row);
    const explanation = explain({ key, standing, rights, facts, access, scopes, ...limits, isForPeopleOnly, now, amending });
    return view(explanation, pattern, [...(access ? scopesOf(access) : []), ...scopes], rights(key.scopes));
  }

  private async amending({ organizationId, revokedAt }: ApiKey): Promise<Amending> {
    const isGivable = (scope: string): boolean => {
      const meant = this.rights.meant([scope]);
      return (
        this.rights.areTheOwners || (this.catalog.unknown(meant).length === 0 && !meant.some((one) => this.catalog.isForPeopleOnly(one)))
      );
    };
    const policy = await this.owners.keyPolicy(organizationId);
    return { at: this.clock.now(), isRevoked: revokedAt !== null, policy, isGivable };
  }

  /** Oldest first. */
  credentialsOf({ id }: ApiKey): Promise<ApiKeyCredential[]> {
    return this.database.getRepository(ApiKeyCredential).find({ where: { keyId: id }, order: { createdAt: 'ASC', id: 'ASC' } });
  }
}

export const ELSEWHERE: Destination = { pattern: null, access: null };
/** Nobody looks at who calls a host's own routes. */
const UNGUARDED = { kind: 'public' } as const;

const view = (
  { code, checks, change }: Explanation,
  route: string | null,
  requiredScopes: readonly string[],
  scopes: readonly string[],
): ExplanationView => ({
  allowed: code === 'valid',
  code,
  route,
  requiredScopes: [...new Set(requiredScopes)],
  scopes,
  checks,
  change,
});
