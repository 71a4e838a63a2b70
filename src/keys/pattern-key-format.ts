import { randomBytes } from 'node:crypto';

import type { Environment } from '../common';
import { drawBase62, type DrawnSecret, type KeyFormat, type ParsedToken } from './key-format';

type Alphabet = 'hex' | 'base36' | 'base62';

export interface PatternKeyFormatOptions {
  /** What stands first. A format whose prefixes are the same does not tell live keys from test keys. Default: nothing. */
  readonly prefix?: Readonly<Record<Environment, string>>;
  /** How many characters after the prefix are public: the key is found and shown by them. */
  readonly lookupLength: number;
  /** How many characters follow that nobody else knows. */
  readonly secretLength: number;
  /** Between the two. A key is recognized without it, too. Default: nothing. */
  readonly separator?: string;
  /** Of new keys. */
  readonly alphabet: 'hex' | 'base62';
  /** Of keys that are recognized, where it is a wider one: the examples of somebody's documents, keys of an older system. */
  readonly accepts?: Alphabet;
}

const CLASSES: Readonly<Record<Alphabet, string>> = { hex: '0-9a-f', base36: '0-9a-z', base62: '0-9A-Za-z' };
const BITS: Readonly<Record<'hex' | 'base62', number>> = { hex: 4, base62: 5.95 };

/** Less than this can be guessed by somebody who has seen the public part and has time. */
const LEAST_SECRET_BITS = 96;
const LONGEST_LOOKUP = 32;
const LONGEST_SHOWN = 40;

/**
 * Keys of plain random characters, as many systems have them: `whm_` and 32 hexadecimal digits, 64 hexadecimal digits, `sk_live_`
 * and 40 characters. Without a checksum, so every text of this form costs a look-up.
 *
 * @example
 * ```ts
 * new PatternKeyFormat({ prefix: { live: 'whm_', test: 'whm_' }, lookupLength: 8, secretLength: 24, alphabet: 'hex', accepts: 'base36' })
 * ```
 */
export class PatternKeyFormat implements KeyFormat {
  private readonly prefix: Readonly<Record<Environment, string>>;
  private readonly separator: string;
  private readonly shapes: ReadonlyArray<readonly [Environment, RegExp]>;

  /** @throws Error for a secret that is too short, or a public part too long to be stored */
  constructor(private readonly options: PatternKeyFormatOptions) {
    const { prefix = { live: '', test: '' }, lookupLength, secretLength, separator = '', alphabet, accepts = alphabet } = options;
    if (secretLength * BITS[alphabet] < LEAST_SECRET_BITS)
      throw new Error(`A secret of ${secretLength} ${alphabet} characters is too short`);
    if (lookupLength < 1 || lookupLength > LONGEST_LOOKUP)
      throw new Error(`The public part of a key has 1 to ${LONGEST_LOOKUP} characters`);
    if (prefix.live.length + lookupLength > LONGEST_SHOWN || prefix.test.length + lookupLength > LONGEST_SHOWN)
      throw new Error(`Prefix and public part of a key have at most ${LONGEST_SHOWN} characters`);
    this.prefix = prefix;
    this.separator = separator;
    const body = `([${CLASSES[accepts]}]{${lookupLength}})(?:${literal(separator)})?([${CLASSES[accepts]}]{${secretLength}})`;
    this.shapes = (['live', 'test'] as const).map((environment) => [environment, new RegExp(`^${literal(prefix[environment])}${body}$`)]);
  }

  draw(environment: Environment): DrawnSecret {
    const lookupId = this.random(this.options.lookupLength);
    const prefix = this.prefix[environment] + lookupId;
    return { token: prefix + this.separator + this.random(this.options.secretLength), lookupId, prefix };
  }

  parse(token: string): ParsedToken | undefined {
    for (const [environment, shape] of this.shapes) {
      const [, lookupId, secret] = shape.exec(token) ?? [];
      if (lookupId === undefined || secret === undefined) continue;
      const prefix = this.prefix[environment] + lookupId;
      return { lookupId, prefix, canonical: prefix + this.separator + secret };
    }
    return undefined;
  }

  private random(length: number): string {
    if (this.options.alphabet === 'base62') return drawBase62(length);
    return randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
