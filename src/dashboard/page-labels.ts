/** What the page calls things. A host may have words of its own. */
export interface PageLabels {
  /** The name of the system, at the top and in the title of the window. */
  readonly product: string;
  /** The section of the navigation that the keys are in: `Settings`, `Admin`. */
  readonly keysSection: string;
  /** The keys, in the navigation and above their list. */
  readonly keys: string;
  /** The button that makes one, and the screen behind it. */
  readonly createKey: string;
}

export const DEFAULT_LABELS: PageLabels = {
  product: 'Keystile',
  keysSection: 'Settings',
  keys: 'API Keys',
  createKey: 'Create API key',
};
