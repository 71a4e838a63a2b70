import { crc32 } from 'node:zlib';

/** Length and CRC-32 of what follows, both little-endian: a line that was torn by the end of a process, or of the space, is recognised. */
const HEADER_BYTES = 8;
/** Far above any record of ours. A greater length is none. */
export const LARGEST_FRAME_BYTES = 1024 * 1024;

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

/** Whole frames from the beginning of some bytes. */
export interface Frames {
  readonly payloads: readonly string[];
  /** Where the first frame begins that is torn, damaged, or not there yet. */
  readonly end: number;
}

export function readFrames(bytes: Buffer, most = Number.POSITIVE_INFINITY): Frames {
  const payloads: string[] = [];
  let end = 0;
  while (payloads.length < most && end + HEADER_BYTES <= bytes.length) {
    const size = bytes.readUInt32LE(end);
    const start = end + HEADER_BYTES;
    if (size === 0 || size > LARGEST_FRAME_BYTES || start + size > bytes.length) break;
    const payload = bytes.subarray(start, start + size);
    if (crc32(payload) !== bytes.readUInt32LE(end + 4)) break;
    payloads.push(payload.toString('utf8'));
    end = start + size;
  }
  return { payloads, end };
}
