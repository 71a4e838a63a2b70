/** What stands before the paths of Keystile's own interface: `/v1/api-keys` is the document's. */
export const KEYSTILE_PREFIX = 'keystile';
