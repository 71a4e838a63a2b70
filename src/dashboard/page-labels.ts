/** What the page calls things. A host may have words of its own. */
export interface PageLabels {
  /** The name of the system, at the top and in the title of the window. */
  readonly product: string;
  /** The section of the navigation that the keys are in: `Settings`, `Admin`. */
  readonly keysSection: string;
  /** The keys, in the navigation and above their list. */
  readonly keys: string;
  /** What stands below that: what a key is, and what to know about it. */
  readonly aboutKeys: string;
  /** The button that makes one, and the screen behind it. */
  readonly createKey: string;
  /** What live keys are for. */
  readonly liveKeys: string;
  /** What test keys are for. */
  readonly testKeys: string;
}

export const DEFAULT_LABELS: PageLabels = {
  product: 'Keystile',
  keysSection: 'Settings',
  keys: 'API Keys',
  aboutKeys: 'Each key lets one program call the API, with the scopes that you choose.',
  createKey: 'Create API key',
  liveKeys: 'For production. Messages are really sent.',
  testKeys: 'For development and staging. Messages stay in the outbox.',
};
