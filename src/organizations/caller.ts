import type { Actor } from '../audit';
import type { Principal } from '../common';

/** Who asks, and as whom the audit trail knows them. */
export interface Caller {
  readonly principal: Principal;
  readonly actor: Actor;
}
