export interface OrganizationsOptions {
  /** How people reach the service: one-time links begin with it. */
  readonly publicUrl: string;
  /** Prove refresh tokens. The first one makes new tokens, all of them are accepted. */
  readonly refreshSecrets: readonly Buffer[];
}

export const ORGANIZATIONS_OPTIONS = Symbol('keystile:organizations-options');
