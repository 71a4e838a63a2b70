import { invalidField, type Principal, Problem } from '../common';

/**
 * A test key makes and touches test keys only.
 * @throws Problem `wrong_environment`
 */
export function requireSameEnvironment(principal: Principal, environment: 'live' | 'test'): void {
  if (principal.type === 'api_key' && principal.environment === 'test' && environment !== 'test') throw new Problem('wrong_environment');
}

/**
 * A key made with a key never outlives its maker: without an expiry it gets its maker's, a later one is refused.
 * @throws Problem `validation_failed` for an expiry that is past, or later than the maker's
 */
export function expiryWithin(principal: Principal, expiresAt: Date | null, now: Date): Date | null {
  if (expiresAt !== null && expiresAt <= now) throw invalidField('/expiresAt', 'must be in the future');
  const latest = principal.type === 'api_key' ? principal.expiresAt : null;
  if (latest === null) return expiresAt;
  if (expiresAt !== null && expiresAt > latest) throw invalidField('/expiresAt', 'must not be later than the expiry of the calling key');
  return expiresAt ?? latest;
}
