import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK, KEY_REALM, type DenialCode, IpAllowlist, type Principal, type Suspect } from '../common';
import { OWNER_DIRECTORY, type OwnerDirectory, type OwnerStanding } from '../organizations';
import { RateLimiter } from '../rate-limits';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';
import { ImportedSecrets } from './imported-secrets';
import { type CallFacts, judge } from './judge';
import type { KeyFormat, ParsedToken } from './key-format';
import { KeyRights } from './key-rights';

export const KEY_FORMAT = Symbol('keystile:key-format');

/** What came of presenting a key. A refusal is an answer, not an exception. */
export type Verification =
  | { readonly outcome: 'valid'; readonly principal: Principal; readonly key: ApiKey }
  | {
      readonly outcome: DenialCode;
      /** Only where the secret matched: nobody else learns whose key it is, or why it was refused. */
      readonly suspect: Suspect | null;
      readonly key: ApiKey | null;
      readonly presentedPrefix: string | null;
      readonly retryAfterSeconds?: number;
    };

export interface VerifyOptions {
  /** Keys of other organizations are unknown. */
  readonly organizationId?: string;
  /** The same call again, after its body has come: it has been counted. */
  readonly isSecondLook?: boolean;
}

interface FoundKey {
  readonly key: ApiKey;
  readonly credential: ApiKeyCredential;
}

/** Tells whether a token is a key that may make this call. The guard, `verify` and forward auth all ask here. */
@Injectable()
export class KeyVerifier {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_FORMAT) private readonly format: KeyFormat,
    private readonly digests: Digests,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly limiter: RateLimiter,
    private readonly rights: KeyRights,
    private readonly imported: ImportedSecrets,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  async verify(token: string, facts: CallFacts, { organizationId, isSecondLook = false }: VerifyOptions = {}): Promise<Verification> {
    const parsed = this.format.parse(token);
    const found = parsed ? await this.look(token, parsed, facts.ip) : null;
    if (found && 'retryAfterSeconds' in found) {
      return { outcome: 'rate_limited', suspect: null, key: null, presentedPrefix: parsed?.prefix ?? null, ...found };
    }
    if (!found || (organizationId !== undefined && found.key.organizationId !== organizationId)) {
      return { outcome: 'invalid_api_key', suspect: null, key: null, presentedPrefix: parsed?.prefix ?? null };
    }
    const { key, credential } = found;
    const standing = await this.owners.standing(key.organizationId, { type: key.ownerType, id: key.ownerId });
    const principal = principalOf(key, credential, standing, this.rights.now(key.scopes, standing.scopes));
    const refused = { suspect: principal, key, presentedPrefix: credential.prefix };
    const denial = judge(judged(found), standing, facts, this.clock.now());
    if (denial) return { outcome: denial, ...refused };
    const retryAfterSeconds = isSecondLook ? null : this.overLimit(key);
    if (retryAfterSeconds !== null) return { outcome: 'rate_limited', ...refused, retryAfterSeconds };
    return { outcome: 'valid', principal, key };
  }

  /** The key that this token is a secret of, live or not; `null` where there is none. */
  async find(token: string): Promise<FoundKey | null> {
    const parsed = this.format.parse(token);
    return parsed ? this.findByDigest(parsed.canonical ?? token) : null;
  }

  private async look(token: string, { canonical = token, lookupId }: ParsedToken, from: string | undefined) {
    const found = await this.findByDigest(canonical);
    if (found) return found;
    const imported = await this.imported.find(canonical, lookupId, from);
    if (imported === 'replaced') return this.findByDigest(canonical);
    return imported && 'credential' in imported ? this.withKey(imported.credential) : imported;
  }

  private async findByDigest(token: string): Promise<FoundKey | null> {
    const credential = await this.database
      .getRepository(ApiKeyCredential)
      .createQueryBuilder('credential')
      .where('credential.digest IN (:...digests)', { digests: this.digests.candidates(token) })
      .getOne();
    return credential && this.withKey(credential);
  }

  private async withKey(credential: ApiKeyCredential): Promise<FoundKey | null> {
    const key = await this.database.getRepository(ApiKey).findOneBy({ id: credential.keyId, realm: this.realm });
    return key && { key, credential };
  }

  private overLimit({ id, rateLimit, rateLimitWindowSeconds }: ApiKey): number | null {
    if (rateLimit === null || rateLimitWindowSeconds === null) return null;
    const taken = this.limiter.take(`key:${id}`, { limit: rateLimit, windowSeconds: rateLimitWindowSeconds }, this.clock.now());
    return taken.allowed ? null : taken.retryAfterSeconds;
  }
}

function judged({ key, credential }: FoundKey) {
  return {
    ...key,
    allowedIps: new IpAllowlist(key.allowedIps),
    credentialState: credential.state,
    credentialRetiresAt: credential.retiresAt,
  };
}

/** A key may do what it was given, as far as its owner may do it now. Keys of the organization itself are not cut. */
function principalOf(key: ApiKey, credential: ApiKeyCredential, standing: OwnerStanding, scopes: readonly string[]): Principal {
  return {
    type: 'api_key',
    id: key.id,
    organizationId: key.organizationId,
    userId: standing.userId,
    scopes,
    environment: key.environment,
    expiresAt: key.expiresAt,
    realm: key.realm,
    owner: { type: key.ownerType, id: key.ownerId },
    sessionId: null,
    credentialPrefix: credential.prefix,
    keyName: key.name,
    operator: false,
  };
}
