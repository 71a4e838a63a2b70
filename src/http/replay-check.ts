import type { Principal } from '../common';

/** A request that is being repeated under its `Idempotency-Key`, and where its first answer said the new thing is. */
export interface RepeatedRequest {
  readonly path: string;
  readonly location: string | undefined;
}

/** Whether what a stored answer tells may still be told. A port, because who stores answers knows nothing of keys. */
export interface IdempotentReplayCheck {
  /** @throws Problem `conflict` where it may not: the API key that was created has been revoked since (`decisions.md` 13) */
  requireReplayable(principal: Principal, repeated: RepeatedRequest): Promise<void>;
}

export const IDEMPOTENT_REPLAY_CHECK = Symbol('keystile:idempotent-replay-check');
