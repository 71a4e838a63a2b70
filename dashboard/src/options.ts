import { DEFAULT_LABELS, type PageLabels } from '../../src/dashboard/page-labels';
import type { PageOptions } from '../../src/dashboard/page-options';

/** What the host of the page has to say to it. It stands in a `meta` element of the page, where it is text and never a script. */
interface HostOptions extends PageOptions {
  /** Where people sign in who are not Keystile's own. */
  readonly signIn?: string;
  /** What stands before `/v1`. */
  readonly apiPrefix?: string;
}

const options = JSON.parse(document.querySelector<HTMLMetaElement>('meta[name="keystile-options"]')?.content || '{}') as HostOptions;

/** What this installation calls things. */
export const labels: PageLabels = { ...DEFAULT_LABELS, ...options.labels };

/** Where the people of a host sign in; `undefined` where the page signs in by itself. */
export const hostSignIn: string | undefined = options.signIn;

/** Where the REST API begins. */
export const apiBase = `${location.origin}${options.apiPrefix ?? ''}`;

/** A key as it is shown: its public part, and that there is more. */
export const shownKey = (prefix: string): string => `${prefix}${hostSignIn === undefined ? '_' : ''}…`;

/** What this installation does not say is as in the service. */
export const {
  docs = '/docs/authentication',
  keyHeader = 'Authorization: Bearer',
  firstCall,
  scopes: hasScopes = true,
  testKeys: hasTestKeys = true,
  keyOwner = 'person',
  createKeyAt,
  commands: hasCommands = true,
} = options;
