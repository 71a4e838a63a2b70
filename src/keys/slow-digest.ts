import { verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

/** Digests that another system made as if keys were passwords: `password_verify()` of PHP knows both (seed C11). */
export const SLOW_ALGORITHMS = ['bcrypt', 'argon2id'] as const;

export type SlowAlgorithm = (typeof SLOW_ALGORITHMS)[number];

const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/;
const ARGON2ID = /^\$argon2id\$v=19\$m=\d{1,6},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

/** What bcrypt reads of a text; it takes two texts that differ later for the same one. */
const BCRYPT_READS_BYTES = 72;

/** Which of the two a digest is; `undefined` for other texts, and for costs that nobody should pay per call. */
export function slowAlgorithmOf(digest: string): SlowAlgorithm | undefined {
  if (BCRYPT.test(digest)) return 'bcrypt';
  return ARGON2ID.test(digest) ? 'argon2id' : undefined;
}

/** Costs tens of milliseconds of a processor, by design. */
export async function matchesSlowDigest(token: string, digest: string): Promise<boolean> {
  const algorithm = slowAlgorithmOf(digest);
  if (algorithm === 'argon2id') return verifyArgon2(digest, token);
  if (algorithm !== 'bcrypt' || Buffer.byteLength(token) > BCRYPT_READS_BYTES) return false;
  // PHP's name for what everybody else calls 2b.
  return verifyBcrypt(token, digest.replace(/^\$2[ay]\$/, '$2b$'));
}
