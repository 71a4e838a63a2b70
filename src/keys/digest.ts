import { createHash, createHmac } from 'node:crypto';

/** A secret outside the database that digests are keyed with. */
export interface DigestPepper {
  readonly id: string;
  readonly secret: Buffer;
}

export type DigestAlgorithm = 'hmac-sha256' | 'sha256';

/** What is stored of a token, and how it was made. */
export interface TokenDigest {
  /** Hex. */
  readonly digest: string;
  readonly algorithm: DigestAlgorithm;
  readonly pepperId: string | null;
}

/**
 * Digests of tokens. A token of 190 random bits needs no slow hash; the pepper is there so that a stolen database verifies
 * nothing (seed K10), and `sha256` is the plain form (seed T11).
 */
export class Digests {
  /** @param peppers the first one is used for new keys, all of them are recognized */
  constructor(
    private readonly peppers: readonly DigestPepper[],
    private readonly algorithm: DigestAlgorithm,
  ) {}

  /** The digest under which a new token is stored. */
  make(token: string): TokenDigest {
    const [pepper] = this.peppers;
    return this.algorithm === 'sha256' || !pepper ? plain(token) : keyed(token, pepper);
  }

  /** The first one makes new digests. */
  get pepperIds(): readonly string[] {
    return this.peppers.map(({ id }) => id);
  }

  knows(pepperId: string): boolean {
    return this.pepperIds.includes(pepperId);
  }

  /** Whether a digest would be made with another pepper today. One without a pepper was asked for like that. */
  isOutdated(pepperId: string | null): boolean {
    return pepperId !== null && this.algorithm !== 'sha256' && pepperId !== this.peppers[0]?.id;
  }

  /** Every digest under which this token could be stored: one per live pepper, and the plain one. */
  candidates(token: string): string[] {
    return [...this.peppers.map((pepper) => keyed(token, pepper).digest), plain(token).digest];
  }
}

const keyed = (token: string, { id, secret }: DigestPepper): TokenDigest => ({
  digest: createHmac('sha256', secret).update(token).digest('hex'),
  algorithm: 'hmac-sha256',
  pepperId: id,
});

const plain = (token: string): TokenDigest => ({
  digest: createHash('sha256').update(token).digest('hex'),
  algorithm: 'sha256',
  pepperId: null,
});
