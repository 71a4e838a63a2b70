/** After so many attempts a message has failed. */
export const MOST_ATTEMPTS = 8;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits after the first, second, … attempt; the last one repeats. */
const WAITS_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR];
/** A provider that wants us to wait longer than this is asked again anyway. */
const LONGEST_WAIT_MS = 24 * HOUR;
/** Each wait is up to this much longer, so that messages that failed together do not come back together. */
const JITTER = 0.25;

/**
 * How long to wait after the `attempt`-th attempt (from 1). Never shorter than the provider asked.
 * @param random from 0 to 1
 */
export function retryDelayMs(attempt: number, random: number, retryAfterSeconds = 0): number {
  const wait = WAITS_MS[Math.min(attempt, WAITS_MS.length) - 1]!;
  return Math.min(LONGEST_WAIT_MS, Math.max(Math.round(wait * (1 + JITTER * random)), retryAfterSeconds * SECOND));
}

/** `Retry-After` in either of its forms (RFC 9110 §10.2.3) as whole seconds; `undefined` where it says nothing sensible. */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim());
  // Only the fixed-length date: Date.parse also reads "1" and "-5" as dates.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header.trim())) return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / SECOND));
}
