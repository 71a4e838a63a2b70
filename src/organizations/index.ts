/**
 * Who there is: organizations, the people in them (members with a role, by invitation), their sessions, and service accounts,
 * which own keys that outlive people. Says through `OwnerDirectory` what an owner of keys may do at this moment, and tells the
 * keys through `OnOwnerRemoved` when one goes.
 */
export { AccountDeletion } from './account-deletion';
export { organizationEntities } from './entities';
export { fold } from './fold';
export { IsName, IsPlainAddress } from './input';
export { type AcceptRequest, InvitationAcceptance } from './invitation-acceptance';
export { KEY_CONTACTS, type KeyContactDirectory, type KeyContacts, noContacts } from './key-contacts';
export { type LoginRequest, LoginService } from './login.service';
export { type Mail, type Mailer, MAILER, noMailer } from './mailer';
export { organizationMigrations } from './migrations';
export { ON_OWNER_REMOVED, type OnOwnerRemoved, type OwnerRemoval } from './on-owner-removed';
export { type OrganizationsOptions } from './organizations-options';
export { OrganizationsModule } from './organizations.module';
export type { KeyLimit } from './organization-limits';
export { type KeyPolicy, OWNER_DIRECTORY, type OwnerDirectory, type OwnerStanding, type StandingJoin } from './owner-directory';
export { retentionTerms } from './organization-retention';
export { PasswordResetService } from './password-reset.service';
export { SESSION_LIFETIME_MS } from './refresh-token';
export { organizationScopes } from './scopes';
export { SessionListView, SessionView } from './session.dto';
export { SessionRefresh } from './session-refresh';
export { type Device, type SessionClaims, SessionService, type SignedIn } from './session.service';
export { type SetupRequest, SetupService } from './setup.service';
export { UpdateUserDto, UserView } from './user.dto';
export { UserService } from './user.service';
