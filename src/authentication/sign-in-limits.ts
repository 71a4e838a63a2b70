import { addressGroup } from '../common';
import type { KeyedLimit, RateLimit } from '../rate-limits';

export const PER_ADDRESS: RateLimit = { limit: 20, windowSeconds: 60 };
/** Of one address at one account. So whoever tries somebody's password from elsewhere does not keep them from signing in. */
const PER_ACCOUNT_AND_ADDRESS: RateLimit = { limit: 10, windowSeconds: 60 };
/** What one address may try cannot use it up: it takes many of them. */
const PER_ACCOUNT: RateLimit = { limit: 60, windowSeconds: 60 };

/**
 * What counts tries of a password: by address, as one machine tries many accounts; by address and account; by account, as many machines
 * try one. The same for accounts that do not exist.
 *
 * @param at which sign-in it is
 * @param account as it is compared, not as it was typed in
 */
export function signInLimits(at: string, ip: string, account: string): readonly KeyedLimit[] {
  const from = addressGroup(ip);
  return [{ key: `${at}:ip:${from}`, ...PER_ADDRESS }, ...accountLimits(at, ip, account)];
}

/** The same, where the address is counted otherwise. */
export function accountLimits(at: string, ip: string, account: string): readonly KeyedLimit[] {
  return [
    { key: `${at}:account:${account}:ip:${addressGroup(ip)}`, ...PER_ACCOUNT_AND_ADDRESS },
    { key: `${at}:account:${account}`, ...PER_ACCOUNT },
  ];
}
