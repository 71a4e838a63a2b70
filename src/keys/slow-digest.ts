import { verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

import { Turns } from '../common';

/** Digests that another system made as if keys were passwords: `password_verify()` of PHP knows both (seed C11). */
export const SLOW_ALGORITHMS = ['bcrypt', 'argon2id'] as const;

export type SlowAlgorithm = (typeof SLOW_ALGORITHMS)[number];

const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-3])\$[./A-Za-z0-9]{53}$/;
const ARGON2ID = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=[1-4]\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

/** Whoever imports a digest says what each check costs us. Twice what PHP uses by default: 128 MiB, half a second. */
const MOST_MEMORY_KIB = 128 * 1024;
const MOST_WORK_KIB = 4 * MOST_MEMORY_KIB;

/** What bcrypt reads of a text; it takes two texts that differ later for the same one. */
const BCRYPT_READS_BYTES = 72;

/** Which of the two a digest is; `undefined` for other texts, and for costs that nobody should pay per call. */
export function slowAlgorithmOf(digest: string): SlowAlgorithm | undefined {
  if (BCRYPT.test(digest)) return 'bcrypt';
  const [, memory = Number.POSITIVE_INFINITY, passes] = ARGON2ID.exec(digest)?.map(Number) ?? [];
  return memory <= MOST_MEMORY_KIB && memory * passes! <= MOST_WORK_KIB ? 'argon2id' : undefined;
}

/** Of the four threads of the process one; passwords are hashed on two more, and something has to be left for signatures. */
const turns = new Turns(1, 100);

/** Costs tens of milliseconds of a processor, by design. @throws Problem `rate_limited` */
export async function matchesSlowDigest(token: string, digest: string): Promise<boolean> {
  const algorithm = slowAlgorithmOf(digest);
  // It throws on what looks like a digest and cannot be decoded.
  if (algorithm === 'argon2id') return turns.take(() => verifyArgon2(digest, token).catch(() => false));
  if (algorithm !== 'bcrypt' || Buffer.byteLength(token) > BCRYPT_READS_BYTES) return false;
  // PHP's name for what everybody else calls 2b.
  return turns.take(() => verifyBcrypt(token, digest.replace(/^\$2[ay]\$/, '$2b$')));
}
