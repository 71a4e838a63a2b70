/**
 * Who there is: organizations, the people in them (members with a role, by invitation), their sessions, and service accounts,
 * which own keys that outlive people. Says through `OwnerDirectory` what an owner of keys may do at this moment, and tells the
 * keys through `OnOwnerRemoved` when one goes.
 */
export { ON_OWNER_REMOVED, type OnOwnerRemoved, type OwnerRemoval } from './on-owner-removed';
export { type KeyPolicy, OWNER_DIRECTORY, type OwnerDirectory, type OwnerStanding } from './owner-directory';
