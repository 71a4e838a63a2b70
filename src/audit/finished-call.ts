import type { Call, Suspect } from '../common';
import type { CallId } from './call-id';

/** A call that has been answered, or given up by its caller. */
export interface FinishedCall extends Omit<Call, 'principal' | 'answerHeaders'>, CallId {
  readonly principal: Suspect | null;
  readonly status: number;
  readonly latencyMicroseconds: number;
  readonly responseBytes: number;
}

/** What was said of a streamed call before its first byte left. */
export type CallSoFar = Pick<FinishedCall, 'status' | 'code' | 'latencyMicroseconds'>;

/** Told when the row of a call is in the journal; `false` where it could not be kept, and the call must not be answered. */
export type Kept = (kept: boolean) => void;

/** Where finished calls go. */
export interface CallSink {
  /** Whether no call may be answered now, because its row could not be kept. */
  readonly isRefusing: boolean;
  countRefused(): void;
  /** Keeps the row of an answer that leaves in one piece, and says when it may. */
  append(call: FinishedCall, kept: Kept): void;
  /** Keeps the row of an answer whose first byte leaves right after. @returns whether it may */
  begin(call: FinishedCall): boolean;
  /** Keeps how such an answer ended, and says when its last byte may leave. */
  complete(call: FinishedCall, before: CallSoFar, kept: Kept): void;
}

export const CALL_SINK = Symbol('keystile:call-sink');
