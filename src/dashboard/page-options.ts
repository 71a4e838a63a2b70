import type { PageLabels } from './page-labels';

/** What a system may say about its keys, for the page to say the same. */
export interface PageOptions {
  /** What this system calls things. Default: `DEFAULT_LABELS`. */
  readonly labels?: Partial<PageLabels>;
  /** Where this system explains its keys. Default: `/docs/authentication`. */
  readonly docs?: string;
  /** The header that a key is sent in, up to the key: `X-API-Key:`. Default: `Authorization: Bearer`. */
  readonly keyHeader?: string;
  /** A path that a new key may `GET`, to try it. Default: `/v1/whoami` of the API. */
  readonly firstCall?: string;
  /** `false` where a key may do whatever its owner may: then there is nothing to choose. Default `true`. */
  readonly scopes?: boolean;
  /** `false` where all keys are live. Default `true`. */
  readonly testKeys?: boolean;
  /** Whose the keys are that people make here. The organization's need the scope `organization.update`. Default `person`. */
  readonly keyOwner?: 'person' | 'organization';
  /** Where keys are made, if not here: a path of this system, which makes them by rules of its own. Default: here. */
  readonly createKeyAt?: string;
  /** `false` where keys may not call the API: then no action is offered as a command. Default `true`. */
  readonly commands?: boolean;
}
