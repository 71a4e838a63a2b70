/**
 * Keystile as a package: API keys for a NestJS application, in its own process and its own database.
 *
 * `KeystileModule` is imported once. Routes say who may call them (`@RequireScope('invoice.read')`), handlers learn who does
 * (`@CurrentPrincipal()`), controllers for keys call `KeyService`, `KeyRotation` and `KeyReader`. What is not listed here is private.
 */
export { KeystileModule } from './keystile.module';
export { type HostOwners, type KeystileOptions, type KeystileParts } from './keystile-options';
export { keystileEntities, migrateKeystile } from './keystile-schema';
export { openDatabase, serialiseSqlite } from './persistence';

export {
  Authenticated,
  covers,
  CurrentPrincipal,
  LiveOnly,
  Public,
  RequireAnyScope,
  RequireScope,
  Resource,
  type ResourceNaming,
  type Scope,
  type ScopeDescription,
  type ScopeDescriptions,
  type ScopeRegistry,
} from './permissions';
export {
  AdmissionGuard as KeystileGuard,
  type HostUser,
  type KeySource,
  SignInAttempts,
  type TokenSource,
  UserTokens,
  type UserTokenVerifier,
} from './authentication';
export {
  type Actor,
  type AuditEntry,
  type AuditEventListView,
  type AuditEventQueryDto,
  AuditEventService as AuditReader,
  type AuditEventView,
  AuditTrail,
  type CheckpointKey,
  type CheckpointOptions,
  CurrentActor,
  type JournalOptions,
} from './audit';
export {
  AccessDeniedError,
  type Clock,
  CLOCK,
  conflict,
  type DenialCode,
  type Environment,
  invalidField,
  notFound,
  type Owner,
  type Principal,
  Problem,
  type ProblemCode,
  systemClock,
} from './common';
export { IsMoment, type ProblemBody, type ProblemWords } from './http';
export {
  type Caller,
  CreateKeyDto,
  CurrentCaller,
  type DigestAlgorithm,
  type DigestPepper,
  type DrawnSecret,
  hint,
  ImportedKeyFormat,
  type IssuedKeyView,
  type KeyFormat,
  KeyReader,
  KeyRotation,
  KeyService,
  KeysOfRemovedOwner,
  KeyVerifier,
  type KeyView,
  ListKeysDto,
  MemberKeysService as MemberKeys,
  type MemberKeyView,
  type NewKey,
  type ParsedToken,
  PatternKeyFormat,
  type PatternKeyFormatOptions,
  type PermissionSource,
  PrefixedKeyFormat,
  type RevokedMemberKeyView,
  type RotatedMemberKeyView,
  RotateKeyDto,
  UpdateKeyDto,
  type Verification,
} from './keys';
export { NoticeJob } from './notices';
export {
  type KeyContactDirectory,
  type KeyContacts,
  type KeyPolicy,
  type Mail,
  type Mailer,
  type OwnerDirectory,
  type OwnerRemoval,
  type OwnerStanding,
} from './organizations';
