import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { segmentName, segmentsIn } from './journal';
import { LARGEST_FRAME_BYTES, readFrames } from './journal-frame';
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
}

const CHUNK_BYTES = 512 * 1024;

/** Where the journal of a start begins, as far as it is still there. `undefined` where nothing is left of it. */
export function journalStart(folder: string): JournalPlace | undefined {
  const [segment] = segmentsIn(folder);
  return segment === undefined ? undefined : { segment, offset: 0 };
}

/** Reads on from a place: whole records only, at most so many. While its process writes, another one may read. */
export function readJournal(folder: string, { segment, offset }: JournalPlace, most: number): JournalStretch {
  // Asked before reading: once there is a next segment, nothing is added to this one.
  const hasNext = existsSync(join(folder, segmentName(segment + 1)));
  const bytes = readAt(join(folder, segmentName(segment)), offset, CHUNK_BYTES);
  let { payloads, end } = readFrames(bytes, most);
  if (payloads.length === 0 && bytes.length === CHUNK_BYTES) {
    ({ payloads, end } = readFrames(readAt(join(folder, segmentName(segment)), offset, LARGEST_FRAME_BYTES + 8), most));
  }
  const records = payloads.map(decodeRecord);
  if (records.length === 0 && hasNext) return { records, next: { segment: segment + 1, offset: 0 }, isEnd: false };
  return { records, next: { segment, offset: offset + end }, isEnd: records.length === 0 };
}

function readAt(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
  } finally {
    closeSync(file);
  }
}
