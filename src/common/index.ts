/**
 * The words everyone shares, in plain TypeScript: who calls (`Principal`), how the service says no (`Problem`), what time it is
 * (`Clock`), where a caller is (`IpAllowlist`) and where the next page begins (`PageCursors`). Imports nothing, not even Nest.
 */
export * from './call';
export * from './clock';
export * from './id';
export * from './ip';
export * from './page-cursor';
export * from './principal';
export * from './problem';
export * from './realm';
export * from './recently-used';
export * from './redact';
export * from './turns';
