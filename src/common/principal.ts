export type Environment = 'live' | 'test';

/** Who may own a key. The id is opaque to the keys: a host may have owners of its own. */
export interface Owner {
  readonly type: 'user' | 'service_account' | 'organization';
  readonly id: string;
}

/** Who is calling, whatever credential proved it. */
export interface Principal {
  readonly type: 'user' | 'api_key';
  /** `usr_…` of a signed-in person, `key_…` of an API key. */
  readonly id: string;
  readonly organizationId: string;
  /** The person behind the call: the user, or the user who owns the key; `null` for keys of service accounts and organizations. */
  readonly userId: string | null;
  /** What the caller may do now: patterns as in `covers`. For a key, already cut by what its owner may do. */
  readonly scopes: readonly string[];
  /** A signed-in person acts on live data. */
  readonly environment: Environment;
  readonly expiresAt: Date | null;
  readonly realm: string;
  /** Of a key: who owns it. Of a person: that person. */
  readonly owner: Owner;
  /** `ses_…` for people, `null` for keys. */
  readonly sessionId: string | null;
  /** The public beginning of the API key that was presented (`ks_live_…`), `null` for people. */
  readonly credentialPrefix: string | null;
  /** The key's name at the moment of the call, for the log. */
  readonly keyName: string | null;
  /** Set for the person who set this installation up (`decisions.md` 16). */
  readonly operator: boolean;
}
