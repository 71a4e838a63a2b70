import type { EntityManager } from 'typeorm';

import type { Owner } from '../common';
import type { KeyLimit } from './organization-limits';

/** How an owner of keys stands at this moment. */
export interface OwnerStanding {
  /** `false` for people who left the organization or were deleted, for deleted or disabled service accounts, for strangers. */
  readonly isActive: boolean;
  readonly organizationStatus: 'active' | 'suspended' | 'deleted';
  /** What the owner may do now; keys are cut by it. `['*']` for keys that the organization itself owns. */
  readonly scopes: readonly string[];
  /** The person, where the owner is one. */
  readonly userId: string | null;
  /** For all keys of the organization together. Default: none. */
  readonly organizationLimit?: KeyLimit | null;
}

/** What an organization asks of every key that is made in it (`decisions.md` 19). */
export interface KeyPolicy {
  readonly maxLifetimeSeconds: number | null;
  readonly expiryRequired: boolean;
  readonly allowlistRequired: boolean;
  /** For keys that are made without a limit of their own. */
  readonly defaultRateLimit: KeyLimit | null;
}

/** How standings are read together with keys, in one select. */
export interface StandingJoin {
  /** What is selected, each under a name that begins with `standing_`. */
  readonly columns: string;
  /** @param key what the row of `api_keys` is called in the select */
  joins(key: string): string;
  read(row: object, organizationId: string, owner: Owner): OwnerStanding;
}

/** Says who owners are and what they may do now. The service's own directory and a host's are its two implementations (`decisions.md` 11). */
export interface OwnerDirectory {
  standing(organizationId: string, owner: Owner): Promise<OwnerStanding>;
  /**
   * How standings are read from the same database as the keys. Such a standing is remembered with the key, so that each change of it has
   * to raise the epoch. A directory without this is asked at every call.
   */
  readonly join?: StandingJoin;
  /** The ids of everything that an owner's standing is made of, as audit events name them. Without it, nothing is known of its past. */
  standsOn?(organizationId: string, owner: Owner): Promise<readonly string[]>;
  keyPolicy(organizationId: string): Promise<KeyPolicy>;
  /**
   * Keeps an owner from being removed until the transaction ends; `false` where they are gone already. Without it a key could be
   * made for somebody in the moment of their removal, and stay.
   */
  hold?(manager: EntityManager, organizationId: string, owner: Owner): Promise<boolean>;
}

export const OWNER_DIRECTORY = Symbol('keystile:owner-directory');
