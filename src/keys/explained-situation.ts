import type { RouteAccess } from '../permissions';
import type { AllowedEndpoint } from './api-key.entity';
import type { CallFacts, JudgedKey, JudgedStanding } from './judge';
import type { ExpiryPolicy } from './key-policy';

/** A key as an explanation sees it: with the lists as they are stored. */
export interface ExplainedKey extends Omit<JudgedKey, 'allowedIps'> {
  readonly allowedIps: readonly string[];
  /** What it was given. */
  readonly scopes: readonly string[];
}

/** Everything that decides a call. */
export interface Situation {
  readonly key: ExplainedKey;
  readonly standing: JudgedStanding & { readonly scopes: readonly string[] };
  /** What a key with these scopes may do now, cut by what its owner may do. */
  readonly rights: (scopes: readonly string[]) => readonly string[];
  readonly facts: CallFacts;
  /** The route's own word; `null` for a call that goes elsewhere. */
  readonly access: RouteAccess | null;
  /** Scopes that the call has to hold besides. */
  readonly scopes: readonly string[];
  readonly isOverLimit: boolean;
  readonly isForPeopleOnly: (scope: string) => boolean;
  readonly now: Date;
  readonly amending: Amending;
}

/** Under what a change of the key would be made: by the key and the rules of now, whenever the call was. */
export interface Amending {
  readonly at: Date;
  readonly isRevoked: boolean;
  readonly policy: ExpiryPolicy;
  /** Whether keys may be given this scope. */
  readonly isGivable: (scope: string) => boolean;
}

/** What would let the call through: fields of the key to change, and what changing the key cannot do. */
export interface Change {
  readonly patch: KeyPatch | null;
  readonly steps: readonly string[];
}

export interface KeyPatch {
  readonly expiresAt?: Date | null;
  readonly allowedIps?: readonly string[];
  readonly allowedReferrers?: readonly string[];
  readonly allowedEndpoints?: readonly AllowedEndpoint[];
  readonly scopes?: readonly string[];
}
