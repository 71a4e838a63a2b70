/**
 * API keys. `KeyService` makes and changes them, `KeyRotation` replaces their secrets, `KeyVerifier` says whether a token is a
 * key that may make a call; `judge` is that decision as a pure function. What is stored of a secret is its digest.
 */
import type { ScopeDescriptions } from '../permissions';

export { keyEntities } from './entities';
export { ImportedKeyFormat } from './imported-key-format';
export { type DigestAlgorithm, type DigestPepper } from './digest';
export { type Caller, CurrentCaller } from './current-caller';
export { ExposureReport } from './exposure';
export { FreshMemory, nameOf } from './fresh-memory';
export { type CallFacts, endpointAllowed, judge, judgeAll, type JudgedKey, type JudgedStanding, referrerAllowed } from './judge';
export { type DrawnSecret, hint, type KeyFormat, type ParsedToken, PrefixedKeyFormat } from './key-format';
export { CreateKeyDto, type IssuedKeyView, type KeyView, ListKeysDto, RotateKeyDto, UpdateKeyDto } from './key.dto';
export { KeyReader } from './key-reader';
export { KeyRotation } from './key-rotation';
export { KeyService, type NewKey } from './key.service';
export { KeyVerifier, type Verification } from './key-verifier';
export { type KeyDate, type KeyPage, type KeyPlace, KeyWatch, type WatchedKey } from './key-watch';
export { ROTATION_DUE_AFTER_MS } from './key-view';
export { KeysModule } from './keys.module';
export { type KeysOptions, type PermissionSource } from './keys-options';
export { LastUse } from './last-use';
export type { MemberKeyView, RevokedMemberKeyView, RotatedMemberKeyView } from './member-key.dto';
export { MemberKeysService } from './member-keys.service';
export { keyMigrations } from './migrations';
export { KeysOfRemovedOwner } from './owner-removal';
export { PepperReport, type PepperStanding } from './pepper-report';
export { PatternKeyFormat, type PatternKeyFormatOptions } from './pattern-key-format';
export { slowAlgorithmOf, type SlowAlgorithm } from './slow-digest';

export const keyScopes: ScopeDescriptions = {
  'api_key.read': { description: 'See API keys, never their secrets' },
  'api_key.create': { description: 'Create API keys with scopes that the caller holds' },
  'api_key.update': { description: 'Change, disable and enable API keys' },
  'api_key.rotate': { description: 'Replace the secrets of API keys' },
  'api_key.revoke': { description: 'End API keys for ever' },
  'api_key.import': { description: 'Take over API keys that another system issued' },
  'api_key.verify': { description: 'Ask whether an API key of the organization is valid' },
};
