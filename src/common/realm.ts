/** The name of one system among several in a process or in a database: keys of one are nothing to the other (`decisions.md` 10). */
export const KEY_REALM = Symbol('keystile:key-realm');

export const DEFAULT_REALM = 'default';
