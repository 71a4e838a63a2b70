import type { Effect } from './catch-up';

/** Calls that were never answered leave theirs behind. */
const MOST_KEPT = 1_000;

/** What a call has to tell in its answer, from the commit of its change until then. */
export class Effects {
  private readonly kept = new Map<string, Effect>();

  note(requestId: string, effect: Effect): void {
    const earlier = this.kept.get(requestId);
    this.kept.set(requestId, earlier ? { replicas: Math.min(earlier.replicas, effect.replicas), afterMs: effect.afterMs } : effect);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value!);
  }

  take(requestId: string): Effect | undefined {
    const effect = this.kept.get(requestId);
    this.kept.delete(requestId);
    return effect;
  }
}
