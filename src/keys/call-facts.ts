import type { CallFacts } from './judge';

/** A call as somebody describes it. */
export interface DescribedCall {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly ip?: string | undefined;
  readonly referrer?: string | null | undefined;
}

/**
 * The call to be judged. Without one only the key itself is looked at; with one, what it leaves out counts as not sent, so that a
 * restricted key is not let through by forgetting to say where the call came from.
 */
export const factsOf = (call: DescribedCall | undefined): CallFacts =>
  call ? { ip: call.ip ?? '', referrer: call.referrer ?? null, method: call.method ?? '', path: call.path ?? '' } : {};
