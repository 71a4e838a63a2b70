import { Inject, Injectable } from '@nestjs/common';

import { type Clock, CLOCK, type DenialCode, type Principal, type Suspect } from '../common';
import { FRESHNESS, type Freshness } from '../coordination';
import { OWNER_DIRECTORY, type OwnerDirectory, type OwnerStanding } from '../organizations';
import { type LimitStanding, type NamedLimit, RateLimiter, standingsOf, type TakenFromAll } from '../rate-limits';
import type { ApiKey } from './api-key.entity';
import { Digests } from './digest';
import { DigestRenewal } from './digest-renewal';
import { FreshMemory, nameOf } from './fresh-memory';
import { ImportedSecrets } from './imported-secrets';
import { type CallFacts, judge } from './judge';
import type { KeyFormat, ParsedToken } from './key-format';
import { KeyLookup } from './key-lookup';
import { KeyRights } from './key-rights';
import { KnownKey } from './known-key';

export const KEY_FORMAT = Symbol('keystile:key-format');

/** What came of presenting a key. A refusal is an answer, not an exception. */
export type Verification =
  | {
      readonly outcome: 'valid';
      readonly principal: Principal;
      readonly key: ApiKey;
      /** Where limits have counted this call: how they stand after it. */
      readonly limits?: readonly LimitStanding[];
    }
  | {
      readonly outcome: DenialCode;
      /** Only where the secret matched: nobody else learns whose key it is, or why it was refused. */
      readonly suspect: Suspect | null;
      readonly key: ApiKey | null;
      readonly presentedPrefix: string | null;
      readonly retryAfterSeconds?: number;
      /** Of a call that they refused. */
      readonly limits?: readonly LimitStanding[];
    };

export interface VerifyOptions {
  /** Keys of other organizations are unknown. */
  readonly organizationId?: string;
  /** The same call again, after its body has come: it has been counted. */
  readonly isSecondLook?: boolean;
}

/** About 2 KiB each. */
const MOST_REMEMBERED = 20_000;

/** Too many tries of secrets that are dear to check. */
interface Delayed {
  readonly retryAfterSeconds: number;
}

/**
 * Tells whether a token is a key that may make this call. The guard, `verify` and forward auth all ask here.
 *
 * A key that has been found is remembered until something of its organization changes; what depends on the call and on the time is
 * judged at each use. Keys that are not there, or that could not be used anyway, are not remembered.
 */
@Injectable()
export class KeyVerifier {
  private readonly memory: FreshMemory<KnownKey | Delayed | null>;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_FORMAT) private readonly format: KeyFormat,
    private readonly digests: Digests,
    private readonly lookup: KeyLookup,
    @Inject(OWNER_DIRECTORY) private readonly owners: OwnerDirectory,
    private readonly limiter: RateLimiter,
    private readonly rights: KeyRights,
    private readonly imported: ImportedSecrets,
    private readonly renewal: DigestRenewal,
    @Inject(FRESHNESS) freshness: Freshness,
  ) {
    this.memory = new FreshMemory(freshness, MOST_REMEMBERED, (found) =>
      found instanceof KnownKey && this.isUsable(found) ? found.key.organizationId : null,
    );
  }

  /** What `verify` says, for a key that is remembered: at once, where nobody else has to be asked. `undefined` for any other. */
  recall(token: string, facts: CallFacts, isSecondLook = false): Verification | Promise<Verification> | undefined {
    const known = this.memory.get(nameOf(token));
    if (!(known instanceof KnownKey)) return undefined;
    this.renewal.use(known.credential, token);
    return known.ownStanding ? this.decide(known, known.ownStanding, facts, isSecondLook) : this.decideAsking(known, facts, isSecondLook);
  }

  async verify(token: string, facts: CallFacts, { organizationId, isSecondLook = false }: VerifyOptions = {}): Promise<Verification> {
    const parsed = this.format.parse(token);
    const found = parsed ? await this.look(token, parsed, facts.ip) : null;
    const presentedPrefix = parsed?.prefix ?? null;
    if (found && 'retryAfterSeconds' in found) return { outcome: 'rate_limited', suspect: null, key: null, presentedPrefix, ...found };
    if (!found || (organizationId !== undefined && found.key.organizationId !== organizationId)) {
      return { outcome: 'invalid_api_key', suspect: null, key: null, presentedPrefix };
    }
    return this.decideAsking(found, facts, isSecondLook);
  }

  /** The key that this token is a secret of, live or not; `null` where there is none. */
  async find(token: string): Promise<KnownKey | null> {
    const parsed = this.format.parse(token);
    return parsed ? this.lookup.find(this.digests.candidates(parsed.canonical ?? token)) : null;
  }

  /** A token that may be written in several ways is remembered under one of them. */
  private async look(token: string, { canonical = token, lookupId }: ParsedToken, from: string | undefined) {
    const name = nameOf(canonical);
    return this.memory.get(name) ?? this.memory.read(name, () => this.search(canonical, lookupId, from));
  }

  private async search(token: string, lookupId: string, from: string | undefined): Promise<KnownKey | Delayed | null> {
    const digests = this.digests.candidates(token);
    const found = await this.lookup.find(digests);
    if (found) {
      this.renewal.use(found.credential, token);
      return found;
    }
    const imported = await this.imported.find(token, lookupId, from);
    if (imported === null || typeof imported === 'object') return imported;
    return this.lookup.find(digests);
  }

  private async decideAsking(known: KnownKey, facts: CallFacts, isSecondLook: boolean): Promise<Verification> {
    const { organizationId, ownerType, ownerId } = known.key;
    const standing = known.ownStanding ?? (await this.owners.standing(organizationId, { type: ownerType, id: ownerId }));
    return this.decide(known, standing, facts, isSecondLook);
  }

  private decide(known: KnownKey, standing: OwnerStanding, facts: CallFacts, isSecondLook: boolean): Verification | Promise<Verification> {
    const now = this.clock.now();
    const principal = known.principalFor(standing, this.rights);
    const denial = judge(known.judged, standing, facts, now);
    if (denial) return refused(denial, known, principal);
    const limits = known.limitsFor(standing);
    if (limits.length === 0 || isSecondLook) return { outcome: 'valid', principal, key: known.key };
    const counted = (taken: TakenFromAll): Verification =>
      taken.allowed
        ? { outcome: 'valid', principal, key: known.key, limits: standingsOf(limits, taken) }
        : { ...refused('rate_limited', known, principal), ...overLimit(limits, taken) };
    const taken = this.limiter.takeAll(limits, now);
    return taken instanceof Promise ? taken.then(counted) : counted(taken);
  }

  private isUsable({ judged, ownStanding }: KnownKey): boolean {
    return judge(judged, ownStanding ?? ACTIVE, {}, this.clock.now()) === null;
  }
}

const ACTIVE = { isActive: true, organizationStatus: 'active' } as const;

const overLimit = (limits: readonly NamedLimit[], taken: TakenFromAll) => ({
  retryAfterSeconds: taken.retryAfterSeconds,
  limits: standingsOf(limits, taken),
});

const refused = (outcome: DenialCode, { key, credential }: KnownKey, principal: Principal) => ({
  outcome,
  suspect: principal,
  key,
  presentedPrefix: credential.prefix,
});
