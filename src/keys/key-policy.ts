import { invalidField } from '../common';
import type { KeyPolicy } from '../organizations';

/** What an organization asks of its keys when their expiry or their addresses are set. */
export type ExpiryPolicy = Pick<KeyPolicy, 'maxLifetimeSeconds' | 'expiryRequired' | 'allowlistRequired'>;

/** What a key that is given these would break, in the words for whoever gives it; `null` where nothing. */
export function breachOf(
  { maxLifetimeSeconds, expiryRequired, allowlistRequired }: ExpiryPolicy,
  expiresAt: Date | null,
  allowedIps: readonly string[],
  now: Date,
): { readonly pointer: '/allowedIps' | '/expiresAt'; readonly message: string } | null {
  if (allowlistRequired && allowedIps.length === 0) return { pointer: '/allowedIps', message: 'must not be empty in this organization' };
  if (maxLifetimeSeconds === null) {
    return expiryRequired && expiresAt === null ? { pointer: '/expiresAt', message: 'must be given in this organization' } : null;
  }
  const latest = new Date(now.getTime() + maxLifetimeSeconds * 1000);
  if (expiresAt !== null && expiresAt <= latest) return null;
  return { pointer: '/expiresAt', message: `must be within ${maxLifetimeSeconds} seconds in this organization` };
}

/** @throws Problem `validation_failed` for a key that the organization does not allow */
export function withinPolicy(policy: KeyPolicy, expiresAt: Date | null, allowedIps: readonly string[], now: Date): Date | null {
  const breach = breachOf(policy, expiresAt, allowedIps, now);
  if (breach) throw invalidField(breach.pointer, breach.message);
  return expiresAt;
}
