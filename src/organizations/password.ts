import { hash, verify } from '@node-rs/argon2';

import { Turns } from '../common';

/** OWASP's first choice for Argon2id, the package's default algorithm: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a password that nobody knows: what is compared where there is no account, at the same cost. */
const DUMMY_HASH = '$argon2id$v=19$m=19456,t=2,p=1$gBWU+dgy+fi1IeCFDLEpwg$zqXgJoh3eNfxpDRxGJPsxGcPN7zRBWAZ5WSmX6vjEyg';

/** Hashes take a thread of the process each, of which there are four: signatures of tokens are checked on them, too. */
const turns = new Turns(2, 100);

export const hashPassword = (password: string): Promise<string> => turns.take(() => hash(password.normalize('NFC'), COST));

/** Takes the same time whether or not there is an account. @param passwordHash `undefined` where there is none */
export async function isPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await turns.take(() => verify(passwordHash ?? DUMMY_HASH, password.normalize('NFC')));
  return matches && passwordHash !== undefined;
}
