import { crc32 } from 'node:zlib';

/** Length and CRC-32 of what follows, both little-endian: a line that was torn by the end of a process, or of the space, is recognised. */
const HEADER_BYTES = 8;
/** Far above any record of ours. A greater length is none. */
const LARGEST_FRAME_BYTES = 1024 * 1024;

/** Gathers frames, one after the other, to be written in one piece. */
export class FrameWriter {
  private buffer = Buffer.allocUnsafe(64 * 1024);
  private length = 0;

  /** What has been gathered since the last `clear`. Valid until the next `add`. */
  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** @throws RangeError for a payload that is empty or too large */
  add(payload: string): void {
    const most = this.length + HEADER_BYTES + payload.length * 3;
    if (most > this.buffer.length) this.grow(most);
    const start = this.length + HEADER_BYTES;
    const size = this.buffer.write(payload, start, 'utf8');
    if (size === 0 || size > LARGEST_FRAME_BYTES) throw new RangeError(`A journal record of ${size} bytes`);
    this.buffer.writeUInt32LE(size, this.length);
    this.buffer.writeUInt32LE(crc32(this.buffer.subarray(start, start + size)), this.length + 4);
    this.length = start + size;
  }

  clear(): void {
    this.length = 0;
  }

  private grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(size, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }
}

/**
 * Whole frames from the beginning of some bytes. No text of ours holds a zero byte, which each length ends with: nothing that a caller
 * sends looks like a frame.
 */
export interface Frames {
  readonly payloads: readonly string[];
  /** Where the first frame begins that is torn, damaged, or not there yet. */
  readonly end: number;
}

export function readFrames(bytes: Buffer, most = Number.POSITIVE_INFINITY): Frames {
  const payloads: string[] = [];
  let end = 0;
  while (payloads.length < most) {
    const payload = payloadAt(bytes, end);
    if (!payload) break;
    payloads.push(payload.toString('utf8'));
    end += HEADER_BYTES + payload.length;
  }
  return { payloads, end };
}

/** Where the next whole frame begins in bytes that do not begin with one; `undefined` where there is none. */
export function nextFrame(bytes: Buffer): number | undefined {
  for (let at = 1; at + HEADER_BYTES < bytes.length; at++) if (payloadAt(bytes, at)) return at;
  return undefined;
}

/** Whether bytes that hold no whole frame are the beginning of one, as the end of a process leaves it: nothing but its rest is missing. */
export function isTorn(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES) return true;
  const written = bytes.subarray(HEADER_BYTES);
  const size = bytes.readUInt32LE(0);
  return size <= LARGEST_FRAME_BYTES && written.length < size && crc32(written) !== bytes.readUInt32LE(4);
}

function payloadAt(bytes: Buffer, at: number): Buffer | undefined {
  const start = at + HEADER_BYTES;
  if (start > bytes.length) return undefined;
  const size = bytes.readUInt32LE(at);
  if (size === 0 || size > LARGEST_FRAME_BYTES || start + size > bytes.length) return undefined;
  const payload = bytes.subarray(start, start + size);
  return crc32(payload) === bytes.readUInt32LE(at + 4) ? payload : undefined;
}
