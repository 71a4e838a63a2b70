import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { segmentName, segmentsIn } from './journal';
import { isTorn, nextFrame, readFrames } from './journal-frame';
import { decodeRecord, type JournalRecord } from './journal-record';

/** A place in the journal of one start. */
export interface JournalPlace {
  readonly segment: number;
  readonly offset: number;
}

export interface JournalStretch {
  readonly records: readonly JournalRecord[];
  /** Where to go on. */
  readonly next: JournalPlace;
  /** Whether there was nothing more to read. */
  readonly isEnd: boolean;
  /** Whether something follows them that was a record once, and cannot be read. */
  readonly isDamaged: boolean;
}

const CHUNK_BYTES = 512 * 1024;

/** Where the journal of a start begins, as far as it is still there. `undefined` where nothing is left of it. */
export function journalStart(folder: string): JournalPlace | undefined {
  const [segment] = segmentsIn(folder);
  return segment === undefined ? undefined : { segment, offset: 0 };
}

/** Reads on from a place: whole records only, at most so many. While its process writes, another one may read. */
export function readJournal(folder: string, place: JournalPlace, most: number): JournalStretch {
  const { segment, offset } = place;
  // Asked before reading: once there is a next segment, nothing is added to this one.
  const nextSegment = segmentsIn(folder).find((number) => number > segment);
  const path = join(folder, segmentName(segment));
  let bytes = readAt(path, offset, CHUNK_BYTES);
  let { payloads, end } = readFrames(bytes, most);
  if (payloads.length === 0 && bytes.length === CHUNK_BYTES) {
    bytes = readAt(path, offset);
    ({ payloads, end } = readFrames(bytes, most));
  }
  // Of these very bytes: what is written meanwhile may make the first of them whole, and another read would pass it over.
  if (payloads.length === 0) return readPast(place, bytes, nextSegment);
  return { records: payloads.map(decodeRecord), next: { segment, offset: offset + end }, isEnd: false, isDamaged: false };
}

/** Where to go on when the rest of a segment does not begin with a whole record: what cannot be read costs no other one. */
function readPast(place: JournalPlace, rest: Buffer, nextSegment: number | undefined): JournalStretch {
  const { segment, offset } = place;
  const skipped = nextFrame(rest);
  if (skipped !== undefined) return { records: [], next: { segment, offset: offset + skipped }, isEnd: false, isDamaged: true };
  if (nextSegment === undefined) return { records: [], next: place, isEnd: true, isDamaged: !isTorn(rest) };
  return { records: [], next: { segment: nextSegment, offset: 0 }, isEnd: false, isDamaged: rest.length > 0 };
}

/** To the end, where no length is given. */
function readAt(path: string, offset: number, length?: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(length ?? Math.max(0, fstatSync(file).size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}
