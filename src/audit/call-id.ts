import { randomFillSync } from 'node:crypto';

import { base32Digits, decodeBase32 } from '../common';

/**
 * A call's id: a UUIDv7 (RFC 9562 §6.2, method 1) whose bits are two integers below 2^53, so that the log keeps it as two plain
 * numbers on every database and `req_…` is found by primary key.
 *
 * `id`: 42 bits of milliseconds and an 11-bit counter, in the order of the calls of this process. `tail`: 52 random bits, so that
 * replicas never meet. The remaining bits of the UUID are zero.
 */
export interface CallId {
  readonly id: number;
  readonly tail: number;
}

const COUNTER = 2 ** 11;

/** The smallest call id of a moment: bounds in time are bounds of the primary key. */
export const firstCallIdAt = (time: Date): number => time.getTime() * COUNTER;

/** In milliseconds since 1970. */
export const callMoment = (id: number): number => Math.floor(id / COUNTER);

export const callTime = (id: number): Date => new Date(callMoment(id));

/** In three parts that end where characters do: the milliseconds, then version 7, counter, variant and the top of the tail, then its rest. */
export function requestIdOf({ id, tail }: CallId): string {
  const milliseconds = Math.floor(id / COUNTER);
  const counter = id - milliseconds * COUNTER;
  const tailTop = Math.floor(tail / 2 ** 40);
  const middle = 7 * 2 ** 36 + counter * 2 ** 24 + 2 * 2 ** 22 + tailTop;
  return `req_${base32Digits(milliseconds, 10)}${base32Digits(middle, 8)}${base32Digits(tail - tailTop * 2 ** 40, 8)}`;
}

/** The id behind `req_…`, or `undefined` where no call of ours can have that one. */
export function parseRequestId(requestId: string): CallId | undefined {
  const bits = requestId.startsWith('req_') ? decodeBase32(requestId.slice(4)) : undefined;
  if (bits === undefined) return undefined;
  const callId = {
    id: Number(bits >> 80n) * COUNTER + Number((bits >> 64n) & 0x7ffn),
    tail: Number(bits & 0xfffffffffffffn),
  };
  return requestIdOf(callId) === requestId ? callId : undefined;
}

const POOL_BYTES = 7 * 512;

/** Gives out ids that rise with every call, also where the clock stands still or is set back. */
export class CallIds {
  private last = 0;
  private readonly pool = Buffer.alloc(POOL_BYTES);
  private used = POOL_BYTES;

  next(now: Date): CallId {
    this.last = Math.max(this.last + 1, firstCallIdAt(now));
    return { id: this.last, tail: this.random52() };
  }

  /** Seven bytes at a time out of a pool: one system call serves hundreds of calls. */
  private random52(): number {
    if (this.used === POOL_BYTES) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const at = this.used;
    this.used += 7;
    return (this.pool[at]! & 0x0f) * 2 ** 48 + this.pool.readUIntBE(at + 1, 6);
  }
}
