import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

import type { Environment } from '../common';

/** The text of a new key, and what of it may be shown afterwards. */
export interface DrawnSecret {
  /** The whole token. It stands in one answer and nowhere else. */
  readonly token: string;
  readonly lookupId: string;
  /** What lists show. */
  readonly prefix: string;
}

/** What the text of a token tells without any look-up. */
export interface ParsedToken {
  readonly lookupId: string;
  readonly prefix: string;
  /** The one text of a token that may be written in several ways: what is digested. Default: the token. */
  readonly canonical?: string;
}

/** How tokens are made and recognized. */
export interface KeyFormat {
  draw(environment: Environment): DrawnSecret;
  /** `undefined` for a text that no key of this format can have; such texts never reach the database. */
  parse(token: string): ParsedToken | undefined;
}

/** Several formats at once: the first one issues, all of them are recognized. */
export const oneOf = (formats: readonly [KeyFormat, ...KeyFormat[]]): KeyFormat => ({
  draw: (environment) => formats[0].draw(environment),
  parse: (token) => {
    for (const format of formats) {
      const parsed = format.parse(token);
      if (parsed) return parsed;
    }
    return undefined;
  },
});

/** What a list shows of a key: `a1b2c3d4e5f6••••••••`, with a bullet for each of eight characters nobody sees again (seed K18). */
export const hint = (prefix: string): string => prefix + '\u2022'.repeat(8);

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LOOKUP_LENGTH = 12;
const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/**
 * `ks_live_` or `ks_test_`, 12 characters of lookup id, `_`, 32 characters of secret (190 bits), 6 of CRC32 over all that
 * precedes, all in base62. The checksum lets a mistyped key fail before any look-up, and lets secret scanners know a real one.
 */
export class PrefixedKeyFormat implements KeyFormat {
  private readonly shape: RegExp;

  constructor(private readonly prefix: string) {
    this.shape = new RegExp(
      `^(${prefix}_(?:live|test)_([0-9A-Za-z]{${LOOKUP_LENGTH}}))_[0-9A-Za-z]{${SECRET_LENGTH}}([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
    );
  }

  draw(environment: Environment): DrawnSecret {
    const lookupId = drawBase62(LOOKUP_LENGTH);
    const prefix = `${this.prefix}_${environment}_${lookupId}`;
    const body = `${prefix}_${drawBase62(SECRET_LENGTH)}`;
    return { token: body + checksum(body), lookupId, prefix };
  }

  parse(token: string): ParsedToken | undefined {
    const [, prefix, lookupId, sum] = this.shape.exec(token) ?? [];
    if (!prefix || !lookupId || checksum(token.slice(0, -CHECKSUM_LENGTH)) !== sum) return undefined;
    return { prefix, lookupId };
  }
}

function checksum(text: string): string {
  let value = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = BASE62[value % 62]! + digits;
    value = Math.floor(value / 62);
  }
  return digits;
}

/** Bytes from 248 up are thrown away: taking them modulo 62 would make the first characters likelier. */
export function drawBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += BASE62[byte % 62]!;
    }
  }
  return text;
}
