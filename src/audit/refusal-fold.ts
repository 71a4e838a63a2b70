import { RecentlyUsed } from '../common';
import { callTime } from './call-id';
import type { FinishedCall } from './finished-call';

/** Far more than addresses that are past their limit in one second. Who is forgotten gets one more row. */
const MOST_REMEMBERED = 8_192;

/**
 * Which refused calls share a row, so that a flood of them does not fill the log: those of one second that were refused because too many
 * bad credentials came from one address (`decisions.md` 27), and that were answered alike. Whatever names a caller has a row of its own.
 */
export class RefusalFold {
  private readonly firsts = new RecentlyUsed<string, FinishedCall>(MOST_REMEMBERED);

  /** @returns the call whose row counts this one, too; `undefined` for a call with a row of its own, which counts those after it */
  firstOf(call: FinishedCall): FinishedCall | undefined {
    const { floodedFrom, id, status, code, principal, suspect } = call;
    if (floodedFrom === null || principal !== null || suspect !== null) return undefined;
    const second = Math.floor(callTime(id).getTime() / 1_000);
    const name = `${floodedFrom} ${second} ${status} ${code}`;
    const first = this.firsts.get(name);
    if (!first) this.firsts.set(name, inShort(call));
    return first;
  }
}

/** What rows are counted by. The rest is in the row. */
const inShort = (call: FinishedCall): FinishedCall => ({
  ...call,
  path: '',
  userAgent: null,
  referrer: null,
  inboundRequestId: null,
  requiredScopes: [],
  presentedPrefix: null,
});
