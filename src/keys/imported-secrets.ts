import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { addressGroup, type Clock, CLOCK, KEY_REALM } from '../common';
import { isDuplicate } from '../persistence';
import { type RateLimit, RateLimiter } from '../rate-limits';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';
import { matchesSlowDigest, SLOW_ALGORITHMS } from './slow-digest';

/** One slow check takes as long as thousands of fast ones: these bound what anybody can make us spend on them. */
const PER_KEY: RateLimit = { limit: 10, windowSeconds: 60 };
const PER_ADDRESS: RateLimit = { limit: 30, windowSeconds: 60 };
/** Checks at the same moment. They wait for the threads of the process, of which there are four. */
const MOST_AT_ONCE = 16;
/** More secrets than this under one look-up id are an accident. */
const MOST_CANDIDATES = 5;

/** `replaced`: it has a fast digest by now. `null`: no such secret. */
export type FoundImport = { readonly retryAfterSeconds: number } | 'replaced' | null;

/**
 * Secrets that came from another system with a slow digest. Such a digest is found by its look-up id, checked once, and replaced
 * by a fast one: from then on the key is like any other.
 */
@Injectable()
export class ImportedSecrets {
  /** Of one token sent many times at once, one check is made. */
  private readonly running = new Map<string, Promise<FoundImport>>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_REALM) private readonly realm: string,
    private readonly digests: Digests,
    private readonly limiter: RateLimiter,
  ) {}

  /** @param from the caller's address, where it is known */
  async find(token: string, lookupId: string, from: string | undefined): Promise<FoundImport> {
    const { digest } = this.digests.make(token);
    const running = this.running.get(digest);
    if (running) return running;
    if (this.running.size >= MOST_AT_ONCE) return { retryAfterSeconds: 1 };
    const found = this.check(token, lookupId, from).finally(() => this.running.delete(digest));
    this.running.set(digest, found);
    return found;
  }

  private async check(token: string, lookupId: string, from: string | undefined): Promise<FoundImport> {
    const known = await this.known(token, lookupId);
    const candidates = known.filter(({ algorithm }) => SLOW_ALGORITHMS.some((slow) => slow === algorithm));
    // Somebody replaced the digest between the look for a fast one and this one.
    if (candidates.length < known.length) return 'replaced';
    if (candidates.length === 0) return null;
    const retryAfterSeconds = await this.overLimit(lookupId, from);
    if (retryAfterSeconds > 0) return { retryAfterSeconds };
    for (const candidate of candidates) {
      if (!(await matchesSlowDigest(token, candidate.digest))) continue;
      await this.hasten(candidate, token);
      return 'replaced';
    }
    return null;
  }

  /** The oldest first: nobody can put secrets of their own before those that are there. */
  private async known(token: string, lookupId: string): Promise<ApiKeyCredential[]> {
    return this.database
      .getRepository(ApiKeyCredential)
      .createQueryBuilder('credential')
      .addSelect('credential.digest')
      .innerJoin(ApiKey, 'api_key', 'api_key.id = credential.keyId AND api_key.realm = :realm', { realm: this.realm })
      .where({ lookupId })
      .andWhere('(credential.algorithm IN (:...slow) OR credential.digest IN (:...fast))', {
        slow: SLOW_ALGORITHMS,
        fast: this.digests.candidates(token),
      })
      .orderBy('credential.id', 'ASC')
      .limit(MOST_CANDIDATES)
      .getMany();
  }

  private async overLimit(lookupId: string, from: string | undefined): Promise<number> {
    const now = this.clock.now();
    if (from !== undefined) {
      const perAddress = await this.limiter.take(`slow-digest:ip:${addressGroup(from)}`, PER_ADDRESS, now);
      if (!perAddress.allowed) return perAddress.retryAfterSeconds;
    }
    const perKey = await this.limiter.take(`slow-digest:key:${this.realm}:${lookupId}`, PER_KEY, now);
    return perKey.retryAfterSeconds;
  }

  /** Whoever comes first replaces the digest; the second finds it replaced by the same. */
  private async hasten({ id, digest }: ApiKeyCredential, token: string): Promise<void> {
    try {
      await this.database.getRepository(ApiKeyCredential).update({ id, digest }, this.digests.make(token));
    } catch (error) {
      // The same token stands there a second time, with a fast digest of its own: that one is found from now on.
      if (!isDuplicate(error)) throw error;
    }
  }
}
