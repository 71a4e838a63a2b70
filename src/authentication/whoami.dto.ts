export class WhoamiView {
  readonly type!: 'user' | 'api_key';
  /** `usr_…` or `key_…`. */
  readonly id!: string;
  readonly organizationId!: string;
  /** The person behind the call; `null` for keys of service accounts and organizations. */
  readonly userId!: string | null;
  /** Names and wildcards; of a key, as far as its owner holds them now. */
  readonly scopes!: readonly string[];
  readonly environment!: 'live' | 'test';
  readonly expiresAt!: Date | null;
  /** The address that this call comes from, as allowlists and the log see it; empty where a proxy's chain of addresses cannot be read. */
  readonly ip!: string;
}
