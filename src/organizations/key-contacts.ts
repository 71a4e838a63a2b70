import type { Owner } from '../common';

/** Who is to be told about a key. */
export interface KeyContacts {
  readonly organizationId: string;
  readonly organizationName: string;
  /** Addresses of mail, none of them twice. */
  readonly addresses: readonly string[];
}

/** Says whom to write to about keys. The service's own and a host's are its two implementations, as with `OwnerDirectory`. */
export interface KeyContactDirectory {
  /** @returns `undefined` where nobody has to know now, because the organization is suspended or gone: its keys do nothing */
  contactsOf(organizationId: string, owner: Owner): Promise<KeyContacts | undefined>;
}

export const KEY_CONTACTS = Symbol('keystile:key-contacts');

/** For hosts that read notices in the audit trail, and write to nobody. */
export const noContacts: KeyContactDirectory = {
  contactsOf: (organizationId) => Promise.resolve({ organizationId, organizationName: '', addresses: [] }),
};
