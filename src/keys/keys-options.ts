import type { DigestAlgorithm, DigestPepper } from './digest';
import type { KeyFormat } from './key-format';

/**
 * Where the rights of a key come from; whatever it is, an owner who is a person or an account cuts them to what they may do now.
 *
 * - `scopes`: the key holds those that it was given.
 * - `full-access`: every key may do all that its owner may; its scopes are words for people.
 * - `inherit-owner`: the same, for keys that are said to inherit from whoever made them.
 */
export type PermissionSource = 'scopes' | 'full-access' | 'inherit-owner';

export interface KeysOptions {
  /** The first one is used for new keys. At least 32 bytes each. */
  readonly peppers: readonly DigestPepper[];
  readonly algorithm?: DigestAlgorithm;
  /** The first one issues, all of them are recognized. Default: `ks_live_…` and `ks_test_…`. */
  readonly formats?: readonly [KeyFormat, ...KeyFormat[]];
  /** Default `scopes`. */
  readonly permissionSource?: PermissionSource;
  /** Scopes that stand for others: `{ full_access: ['*'] }`. */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  /** How many active keys an owner may have. Default: any number. */
  readonly maxActiveKeysPerOwner?: number;
}

export const KEYS_OPTIONS = Symbol('keystile:keys-options');
