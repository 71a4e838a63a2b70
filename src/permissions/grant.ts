import { type Principal, Problem } from '../common';
import { covers } from './scope';

/**
 * Nobody gives what they do not hold: every pattern that somebody gets must be covered by what the caller may do now.
 * @throws Problem `scope_exceeds_grantor`, naming the patterns
 */
export function requireHeld({ scopes }: Pick<Principal, 'scopes'>, patterns: readonly string[]): void {
  const exceeding = patterns.filter((pattern) => !covers(scopes, pattern));
  if (exceeding.length > 0) throw new Problem('scope_exceeds_grantor', { scopes: exceeding });
}
