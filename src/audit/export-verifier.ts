import { canonicalJson, CHAIN_START, chainHash, personalDigest } from './audit-chain';
import type { ExportedAuditEvent } from './audit-event.dto';
import { INSTALLATION } from './audit-trail';
import { type Checkpoint, checkSignature, type PublicCheckpointKey } from './checkpoint';
import { jsonLine } from './export-file';

/** What came of checking an export, without service and database. */
export interface ExportVerdict {
  /** The chain: an organization, or `installation`; `null` where the first event is broken. */
  readonly chain: string | null;
  readonly events: number;
  readonly broken: Fault | null;
  /** Events whose personal fields were erased; that they were there is proven, what they said is gone. */
  readonly erased: number;
  /** Checkpoints of this chain that the export agrees with. */
  readonly checkpoints: number;
  /** Of those, the ones whose signature was checked. */
  readonly signatures: number;
}

export interface Fault {
  /** The first event that is missing, was changed or stands where it should not. */
  readonly sequence: number;
  readonly reason: string;
}

export interface Evidence {
  readonly checkpoints: readonly Checkpoint[];
  /** `null`: signatures are not checked. */
  readonly keys: readonly PublicCheckpointKey[] | null;
}

interface Link {
  readonly sequence: number;
  readonly hash: string;
  readonly chain: string | null;
}

const NOT_AN_EXPORT = 'this is not a whole export of an audit trail (NDJSON, without filters)';

/**
 * Checks an export line by line, in bounded memory, and stops at the first fault.
 * @throws Error for a file that is something else
 */
export async function verifyExport(lines: AsyncIterable<string>, { checkpoints, keys }: Evidence): Promise<ExportVerdict> {
  let last: Link = { sequence: 0, hash: CHAIN_START, chain: null };
  let erased = 0;
  let agreed = 0;
  let isStrange = false;
  const verdict = (broken: Fault | null): ExportVerdict => ({
    chain: last.chain,
    events: last.sequence,
    broken,
    erased,
    checkpoints: agreed,
    signatures: keys === null ? 0 : agreed,
  });
  for await (const line of lines) {
    isStrange ||= last.sequence === 0 && !isAnEvent(line);
    // What is no event, and followed by none, is another file.
    if (isStrange && !isAnEvent(line)) continue;
    const event = isStrange ? undefined : readLine(line);
    const reason = event ? whatIsWrong(event, last) : 'is not written as an export writes it';
    if (!event || reason !== null) return verdict({ sequence: last.sequence + 1, reason: reason! });
    last = { sequence: event.sequence, hash: event.hash, chain: chainOf(event) };
    if (isErased(event)) erased++;
    const signed = checkpoints.filter(({ organizationId, sequence }) => organizationId === last.chain && sequence === last.sequence);
    const denied = signed.map((checkpoint) => whatDenies(checkpoint, last, keys)).find((found) => found !== null);
    if (denied) return verdict({ sequence: last.sequence, reason: denied });
    agreed += signed.length;
  }
  if (isStrange) throw new Error(NOT_AN_EXPORT);
  const later = checkpoints.filter(
    ({ organizationId, sequence }) => sequence > last.sequence && organizationId === (last.chain ?? organizationId),
  );
  if (later.length > 0) return verdict({ sequence: last.sequence + 1, reason: 'is missing: a checkpoint was signed later than the end' });
  if (last.sequence === 0) throw new Error(NOT_AN_EXPORT);
  return verdict(null);
}

/** Whether a line tells of an event at all, however badly. */
function isAnEvent(line: string): boolean {
  try {
    const { sequence, ...texts } = JSON.parse(line) as Partial<ExportedAuditEvent>;
    return (
      typeof sequence === 'number' && [texts.id, texts.action, texts.previousHash, texts.hash].every((text) => typeof text === 'string')
    );
  } catch {
    return false;
  }
}

/** `undefined` for a line that is not, byte for byte, what the export of its event would be: nothing hides in doubled or unknown names. */
function readLine(line: string): ExportedAuditEvent | undefined {
  try {
    const row = JSON.parse(line) as ExportedAuditEvent;
    const event = { ...knownMembers(row), at: new Date(row.at) };
    return jsonLine(event) === `${line}\n` ? event : undefined;
  } catch {
    return undefined;
  }
}

/** In the order of an export. */
const knownMembers = (row: ExportedAuditEvent): ExportedAuditEvent => ({
  id: row.id,
  sequence: row.sequence,
  at: row.at,
  organizationId: row.organizationId,
  actor: { type: row.actor.type, id: row.actor.id },
  action: row.action,
  target: { type: row.target.type, id: row.target.id },
  before: row.before,
  after: row.after,
  reason: row.reason,
  personal: row.personal,
  ip: row.ip,
  requestId: row.requestId,
  personalDigest: row.personalDigest,
  previousHash: row.previousHash,
  hash: row.hash,
  personalSalt: row.personalSalt,
});

function whatIsWrong(event: ExportedAuditEvent, last: Link): string | null {
  if (event.sequence > last.sequence + 1) return 'is missing: it was taken out, or the export was made with filters';
  if (event.sequence !== last.sequence + 1) return 'stands in the wrong place, or twice';
  if (last.chain !== null && chainOf(event) !== last.chain) return 'belongs to another chain';
  if (event.previousHash !== last.hash) return 'does not follow from the one before it';
  if (event.hash !== chainHash(chained(event))) return 'was changed';
  return personalHolds(event) ? null : 'had its personal fields changed';
}

const chainOf = ({ organizationId }: ExportedAuditEvent): string => organizationId ?? INSTALLATION;

const chained = (event: ExportedAuditEvent) => ({
  ...event,
  organizationId: chainOf(event),
  actorType: event.actor.type,
  actorId: event.actor.id,
  targetType: event.target.type,
  targetId: event.target.id,
  before: event.before && canonicalJson(event.before),
  after: event.after && canonicalJson(event.after),
});

const hasPersonal = ({ personalSalt, ip, reason, personal }: ExportedAuditEvent): boolean =>
  personalSalt !== null || ip !== null || reason !== null || personal !== null;

const isErased = (event: ExportedAuditEvent): boolean => event.personalDigest !== null && !hasPersonal(event);

/** They may have been erased, but not changed, and not made up. */
function personalHolds(event: ExportedAuditEvent): boolean {
  if (!hasPersonal(event)) return true;
  // These have places of their own: here they would be what was digested, and there what is shown.
  if (event.personal && ['ip', 'reason'].some((name) => Object.hasOwn(event.personal!, name))) return false;
  const fields = canonicalJson({ ip: event.ip ?? undefined, reason: event.reason ?? undefined, ...event.personal });
  return event.personalSalt !== null && event.personalDigest === personalDigest(event.personalSalt, fields);
}

function whatDenies(checkpoint: Checkpoint, { hash }: Link, keys: readonly PublicCheckpointKey[] | null): string | null {
  if (checkpoint.hash !== hash) return 'is not the one that was signed: the chain was made anew up to here';
  if (keys === null) return null;
  const signature = checkSignature(checkpoint, keys);
  if (signature === 'unknown_key') return `has a checkpoint signed with ${checkpoint.kid}, which is none of the keys`;
  return signature === 'good' ? null : 'has a checkpoint whose signature is false';
}

/** Reads checkpoints however they were kept: one, an array, an answer of the API, or a file with one a line. @throws Error */
export function readCheckpoints(text: string): Checkpoint[] {
  const values = parseDocuments(text).flatMap((value) => (isList(value) ? value.data : value));
  if (values.length === 0) throw new Error('The checkpoint file holds no checkpoint');
  return values.map((value) => {
    const { organizationId, sequence, hash, at, kid, signature } = (value ?? {}) as Record<string, unknown>;
    const isOne =
      (organizationId === null || typeof organizationId === 'string') &&
      Number.isSafeInteger(sequence) &&
      [hash, at, kid, signature].every((part) => typeof part === 'string') &&
      !Number.isNaN(Date.parse(at as string));
    if (!isOne) throw new Error('The checkpoint file holds something that is no checkpoint');
    return { ...(value as Checkpoint), organizationId: organizationId ?? INSTALLATION, at: new Date(at as string) };
  });
}

/** Reads a JSON Web Key Set, or its list of keys. @throws Error */
export function readPublicKeys(text: string): PublicCheckpointKey[] {
  const value = JSON.parse(text) as { readonly keys?: unknown };
  const keys = Array.isArray(value) ? (value as unknown[]) : value.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('The key file holds no JSON Web Key Set');
  return keys as PublicCheckpointKey[];
}

const isList = (value: unknown): value is { readonly data: readonly unknown[] } =>
  typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data);

function parseDocuments(text: string): unknown[] {
  try {
    return [JSON.parse(text) as unknown].flat();
  } catch {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as unknown);
  }
}
