import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Actor, AuditHistory, CallLogService, type CallLogView } from '../audit';
import { type Clock, CLOCK, type DenialCode, invalidField, type Principal, PROBLEMS } from '../common';
import { OWNER_DIRECTORY, type OwnerDirectory, type OwnerStanding } from '../organizations';
import { type RouteAccess, RouteInventory, ScopeCatalog, scopesOf } from '../permissions';
import { RateLimiter } from '../rate-limits';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { type DescribedCall, factsOf } from './call-facts';
import { explain, type Explanation, type ExplainedKey, NOWHERE } from './explain';
import type { CallExplanationView, ExplainCallDto, ExplanationView } from './explain.dto';
import { limitsOf } from './key-limits';
import { KeyReader } from './key-reader';
import { KeyRights } from './key-rights';

/** Where a call goes: to a route of this server, to another service, or to nothing that is there. */
type Destination = { readonly pattern: string | null; readonly access: RouteAccess | null } | 'nowhere';

interface Asked {
  readonly call: DescribedCall;
  readonly destination: Destination;
  readonly scopes: readonly string[];
  /** Given how the owner stands. */
  readonly isOverLimit: (standing: OwnerStanding) => Promise<boolean>;
  readonly now: Date;
}

/** Tells what a call of a key meets, or met. */
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
    private readonly calls: CallLogService,
    private readonly history: AuditHistory,
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
    return this.explained(key, asOf(key, credential, null), {
      call: { ...dto, path: found?.path ?? asked },
      destination: dto.elsewhere ? ELSEWHERE : found ? { pattern: found.pattern, access: found.access ?? UNGUARDED } : 'nowhere',
      scopes: dto.scopes ?? [],
      isOverLimit: async (standing) => !(await this.limiter.hasRoom(limitsOf(key, standing), now)),
      now,
    });
  }

  /** @throws Problem `not_found`, also for a call of another organization */
  async ofPastCall(principal: Principal, actor: Actor, requestId: string): Promise<CallExplanationView> {
    const { organizationId } = principal;
    const call = await this.calls.get(principal, actor, undefined, requestId);
    const past = { requestId, at: call.at, keyId: call.keyId, answered: call.status, answeredCode: call.code };
    const key = call.keyId === null ? null : await this.database.getRepository(ApiKey).findOneBy({ id: call.keyId, organizationId });
    const credential = key && (await this.credentialsOf(key)).find(({ prefix }) => prefix === call.credentialPrefix);
    if (!key || !credential) return { ...withoutKey(call), ...past, keyChangedSince: false };
    const explanation = await this.explained(key, asOf(key, credential, call.at), {
      call: { method: call.method, path: call.path, ip: call.ip ?? undefined, referrer: call.referrer },
      destination: this.destinationOf(call),
      scopes: [],
      isOverLimit: () => Promise.resolve(call.code === 'rate_limited'),
      now: call.at,
    });
    return { ...explanation, ...past, keyChangedSince: await this.history.changedSince(organizationId, key.id, call.at) };
  }

  private destinationOf({ method, route: pattern, status }: CallLogView): Destination {
    if (pattern === null) return status === 404 ? 'nowhere' : ELSEWHERE;
    return { pattern, access: this.routes.named(method, pattern)?.access ?? null };
  }

  private async explained(row: ApiKey, key: ExplainedKey, asked: Asked): Promise<ExplanationView> {
    const { call, destination, scopes, isOverLimit, now } = asked;
    const standing = await this.owners.standing(row.organizationId, { type: row.ownerType, id: row.ownerId });
    if (destination === 'nowhere') return view(NOWHERE, null, scopes, this.rights.now(key.scopes, standing.scopes));
    const { pattern, access } = destination;
    const liveOnly = access !== null && access.kind !== 'public' && access.liveOnly;
    const rights = (given: readonly string[]): readonly string[] => this.rights.now(given, standing.scopes);
    const isForPeopleOnly = (scope: string): boolean => this.catalog.isForPeopleOnly(scope);
    const facts = { ...factsOf(call), liveOnly };
    const limits = { isOverLimit: await isOverLimit(standing) };
    const explanation = explain({ key, standing, rights, facts, access, scopes, ...limits, isForPeopleOnly, now });
    return view(explanation, pattern, [...(access ? scopesOf(access) : []), ...scopes], rights(key.scopes));
  }

  /** Oldest first. */
  private credentialsOf({ id }: ApiKey): Promise<ApiKeyCredential[]> {
    return this.database.getRepository(ApiKeyCredential).find({ where: { keyId: id }, order: { createdAt: 'ASC', id: 'ASC' } });
  }
}

const ELSEWHERE: Destination = { pattern: null, access: null };
/** Nobody looks at who calls a host's own routes. */
const UNGUARDED = { kind: 'public' } as const;

/** The key as it stands, or, as far as its dates tell, as it stood then. */
function asOf(key: ApiKey, { state, retiresAt }: ApiKeyCredential, then: Date | null): ExplainedKey {
  const hadHappened = (date: Date | null): Date | null => (then !== null && date !== null && date > then ? null : date);
  const wasLive = then !== null && retiresAt !== null && retiresAt > then;
  return {
    ...key,
    revokedAt: hadHappened(key.revokedAt),
    disabledAt: hadHappened(key.disabledAt),
    credentialState: wasLive ? 'retiring' : state,
    credentialRetiresAt: retiresAt,
  };
}

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

/** Of a call that no key of this organization made: what was answered is all there is to tell. */
function withoutKey({ code, status, route, requiredScopes }: CallLogView): ExplanationView {
  const wasRefused = status === 401 || status === 403 || status === 429;
  const problem = code !== null && Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code as DenialCode] : null;
  const check = { check: code ?? '', passed: false, reason: problem?.message ?? null, fix: problem?.detail ?? null };
  return {
    allowed: !wasRefused,
    code: wasRefused ? (code ?? '') : 'valid',
    route,
    requiredScopes,
    scopes: [],
    checks: wasRefused ? [check] : [],
    change: wasRefused && problem ? { patch: null, steps: [problem.detail] } : null,
  };
}
