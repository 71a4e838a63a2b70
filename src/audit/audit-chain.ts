import { createHash } from 'node:crypto';

/** What the digest of an event is over. The order of `FIELDS` is part of the format. */
export interface ChainedEvent {
  readonly id: string;
  readonly organizationId: string;
  readonly sequence: number;
  readonly at: Date;
  readonly actorType: string;
  readonly actorId: string | null;
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly requestId: string | null;
  readonly personalDigest: string | null;
  readonly previousHash: string;
}

/** What the first event of a chain names as the one before it. */
export const CHAIN_START = '0'.repeat(64);

/** SHA-256, in hex, over the event as a JSON array: anybody can recompute it from an export. */
export function chainHash(event: ChainedEvent): string {
  const fields = [
    event.id,
    event.organizationId,
    event.sequence,
    // As `toISOString` has it; `null`, which no digest is over, for a time that is none any more.
    event.at,
    event.actorType,
    event.actorId,
    event.action,
    event.targetType,
    event.targetId,
    event.before,
    event.after,
    event.requestId,
    event.personalDigest,
    event.previousHash,
  ];
  return sha256(JSON.stringify(fields));
}

/** Binds personal fields to their event without showing them: without the salt nobody can guess them back. */
export const personalDigest = (salt: string, fields: string): string => sha256(`${salt}\n${fields}`);

/**
 * JSON with sorted names and without `undefined`, so that equal values are equal texts.
 * @param written how texts in it are written
 */
export function canonicalJson(value: unknown, written = (text: string): string => text): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part === 'string') return written(part);
    return typeof part === 'object' && part !== null && !Array.isArray(part) && !(part instanceof Date)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  });
}

/** The first event that does not follow from the one before it, or `null`. Events come in the order of their sequence. */
export function firstBrokenSequence(
  events: ReadonlyArray<ChainedEvent & { readonly hash: string }>,
  after: { sequence: number; hash: string },
): number | null {
  let previous = after;
  for (const event of events) {
    const follows = event.sequence === previous.sequence + 1 && event.previousHash === previous.hash && event.hash === chainHash(event);
    if (!follows) return previous.sequence + 1;
    previous = event;
  }
  return null;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
