import { randomBytes } from 'node:crypto';

/** What the text before the `_` of an id says about the thing it names. */
export type IdPrefix =
  'key' | 'crd' | 'org' | 'usr' | 'sva' | 'rol' | 'inv' | 'evt' | 'req' | 'ses' | 'ott' | 'msg' | 'img' | 'idm' | 'imp' | 'rep';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const BODY = /^[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$/;

const COUNTER_LIMIT = 0x1000;
const last = { time: 0, counter: 0 };

/**
 * A new id: a UUIDv7 (RFC 9562 §5.7) in lower-case Crockford base32. Ids sort by the time they were made; within a millisecond
 * a counter keeps the order of this process (§6.2, method 1).
 */
export function newId(prefix: IdPrefix, now: Date): string {
  const { time, counter } = nextMoment(now.getTime());
  const bytes = randomBytes(16);
  bytes.writeUIntBE(time, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return `${prefix}_${encodeBase32(bytes)}`;
}

/** More than 4,096 ids in one millisecond borrow from the next one. */
function nextMoment(now: number): { time: number; counter: number } {
  // A second back or more is another clock (a test's), not this one running late.
  const sameMoment = now <= last.time && last.time - now < 1_000;
  last.counter = sameMoment ? last.counter + 1 : 0;
  last.time = sameMoment ? last.time : now;
  if (last.counter === COUNTER_LIMIT) {
    last.counter = 0;
    last.time += 1;
  }
  return last;
}

export function isId(prefix: IdPrefix, text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(`${prefix}_`) && BODY.test(text.slice(prefix.length + 1));
}

/** 128 bits as 26 characters; the first carries the top three bits only. */
export function encodeBase32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = CROCKFORD[Number(value & 31n)]! + text;
    value >>= 5n;
  }
  return text;
}

/**
 * The low bits of a whole number below 2^53, five to a character. For where an id is made on every call: no big integers, and two
 * characters at a time.
 * @param length even
 */
export function base32Digits(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i += 2) {
    const higher = Math.floor(rest / 1_024);
    text = PAIRS[rest - higher * 1_024]! + text;
    rest = higher;
  }
  return text;
}

const PAIRS: readonly string[] = Array.from({ length: 1_024 }, (_, pair) => CROCKFORD[pair >> 5]! + CROCKFORD[pair & 31]!);

/** The 128 bits behind the 26 characters, or `undefined` where the text is not of that form. */
export function decodeBase32(text: string): bigint | undefined {
  if (!BODY.test(text)) return undefined;
  let value = 0n;
  for (const character of text) value = (value << 5n) | BigInt(CROCKFORD.indexOf(character));
  return value;
}
