import type { CheckpointKey } from './checkpoint';

/** How audit chains are signed, and where the signatures go. */
export interface CheckpointOptions {
  /** The first one signs; all of them are published. Without any, nothing is signed. */
  readonly signingKeys: readonly CheckpointKey[];
  /** How often a chain that has grown is signed. Default: once an hour. */
  readonly intervalSeconds?: number;
  /** Each checkpoint is appended to it, one JSON object a line. */
  readonly file?: string;
  /** Each checkpoint is posted to it. The secret signs what is posted (HMAC-SHA-256). */
  readonly webhook?: { readonly url: string; readonly secret: string };
}

export const CHECKPOINT_OPTIONS = Symbol('keystile:checkpoint-options');

export const DEFAULT_INTERVAL_SECONDS = 3_600;
