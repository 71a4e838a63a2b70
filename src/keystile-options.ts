import { IpAllowlist } from './common';
import type { Clock } from './common';
import type { CredentialSources, GateOptions, TokenSource, UserTokenVerifier } from './authentication';
import type { CheckpointOptions, JournalOptions } from './audit';
import type { DashboardOptions } from './dashboard';
import type { ProblemWords } from './http';
import type { DigestAlgorithm, KeysOptions, PermissionSource } from './keys';
import type { KeyContactDirectory, KeyPolicy, Mailer, OwnerDirectory } from './organizations';
import type { ResourceNaming, ScopeDescriptions } from './permissions';
import type { DataSource } from 'typeorm';

/** The owners of keys as the host knows them. */
export type HostOwners = Pick<OwnerDirectory, 'standing'> & Partial<OwnerDirectory>;

/** What a host gives. Values only: nothing here or behind it reads the environment. */
export interface KeystileOptions extends Omit<KeysOptions, 'algorithm' | 'permissionSource'>, Partial<CredentialSources> {
  /** The host's own connection, with `keystileEntities` among its entities and after `migrateKeystile(database)`. */
  readonly database: DataSource;
  /** Who may own keys, and what they may do now. */
  readonly owners: HostOwners;

  /** A connection of its own for the call log. Default: `database`. */
  readonly callDatabase?: DataSource;
  /**
   * A Redis or Valkey that the processes of the host share (`redis://user:password@host:6379/0`; the package `redis` has to be
   * installed): changes reach the others sooner, and limits are counted together. Nothing in it has to last. Default: none.
   */
  readonly redisUrl?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
  /**
   * Where answered calls wait until they are in the database, and how safely. Default: up to 1 GiB in `data/keystile-journal` of the
   * folder of the process, kept over the end of the process but not over that of the machine (`sync: 'fsync'` does both).
   */
  readonly journal?: Partial<JournalOptions>;
  /**
   * Who signs the audit chains, how often, and where the signatures go: whoever keeps them notices when events are changed or cut
   * off. Default: nobody; the chains can be verified all the same.
   */
  readonly checkpoints?: CheckpointOptions;
  /** The name of this system where several share a database. Default `default`. */
  readonly realm?: string;
  /** A sentence about each scope, and which of them are for people only. */
  readonly scopes?: ScopeDescriptions;
  /** Of new keys. Default `hmac-sha256`. */
  readonly digest?: DigestAlgorithm;
  /**
   * Where the rights of keys come from. `route-derived`: keys hold scopes, and a route that names none needs the one that its method
   * and path give: `GET /api/v1/clients` needs `client.read`. Default `scopes`.
   */
  readonly permissionSource?: PermissionSource | 'route-derived';
  /** With `route-derived`: how scopes name the resource of a path. Default `both`: the singular, and the plural as well. */
  readonly resourceNaming?: ResourceNaming;

  /** Who signed-in people are. Default: `UserTokens`, whose tokens the host issues. */
  readonly userTokens?: UserTokenVerifier;
  /** Issuer and audience of `UserTokens`. Default `keystile`. */
  readonly issuer?: string;
  /** Where people's tokens are accepted. Default: both. */
  readonly tokenSources?: readonly TokenSource[];

  /** `one`: a revoked, disabled or expired key, or one without an owner, is answered as an unknown one; the log knows why. Default `specific`. */
  readonly unauthorizedClass?: GateOptions['unauthorizedClass'];
  /** Whether pages of other origins may call with keys: browsers are told so, and a key's list of referrers says which pages. Default `false`. */
  readonly browsers?: boolean;
  /** How many calls with a bad credential one address may make in ten seconds before its bad calls get 429. Default 200. */
  readonly failedAuthLimit?: number;
  /** Proxies whose `X-Forwarded-For` is believed: addresses and CIDR blocks. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Whom to write to about keys, by what mail, and where they see to them. Default: nobody; the audit trail tells all of it. */
  readonly notices?: { readonly contacts: KeyContactDirectory; readonly mailer: Mailer; readonly link: string };
  /** How refusals are put. */
  readonly problems?: ProblemWords;
}

/** What has to be known before anything is made. */
export interface KeystileParts {
  /**
   * `global`: every route says who may call it, or the start fails. `manual`: only routes with `@UseGuards(KeystileGuard)` do; the
   * others are none of our business. Default `global`.
   */
  readonly guard?: 'global' | 'manual';
  /**
   * Whether the package's own REST interface (`/v1/api-keys`, `/v1/call-logs`, …) is served; behind a prefix where the host has such
   * paths of its own: `{ prefix: 'keystile' }` serves `/keystile/v1/api-keys`. Default `false`.
   */
  readonly api?: boolean | { readonly prefix: string };
  /** `all`: the host's bodies and queries are checked, and its errors answered, as the package's own are. Default `own`. */
  readonly conventions?: 'own' | 'all';
  /** The page at `/api-management`, for the host's people and in its words. Needs `api`. Default: none. */
  readonly dashboard?: HostDashboard;
}

/** Where the people of the host sign in, and what the page says of its keys. */
export type HostDashboard = Required<Pick<DashboardOptions, 'signIn'>> & Omit<DashboardOptions, 'apiPrefix' | 'signIn'>;

const NO_POLICY: KeyPolicy = { maxLifetimeSeconds: null, expiryRequired: false, allowlistRequired: false, defaultRateLimit: null };

export const ownerDirectory = (owners: HostOwners): OwnerDirectory => ({
  standing: (organizationId, owner) => owners.standing(organizationId, owner),
  keyPolicy: (organizationId) => owners.keyPolicy?.(organizationId) ?? Promise.resolve(NO_POLICY),
});

export const trustedProxiesOf = ({ trustedProxies = [] }: KeystileOptions): IpAllowlist => new IpAllowlist(trustedProxies);
