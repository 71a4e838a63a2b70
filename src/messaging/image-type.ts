/** Larger ones are no pictures for a phone. */
const MOST_PIXELS_A_SIDE = 20_000;

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Bit depths by colour type (PNG, third edition, table 11). */
const PNG_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** What kind of picture the bytes are, by signature and header, whatever anybody calls them. `undefined` for anything but PNG and JPEG. */
export function imageTypeOf(bytes: Buffer): 'image/png' | 'image/jpeg' | undefined {
  if (isPng(bytes)) return 'image/png';
  return isJpeg(bytes) ? 'image/jpeg' : undefined;
}

/** The signature, then an IHDR chunk that could be one. */
function isPng(bytes: Buffer): boolean {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return false;
  if (bytes.readUInt32BE(8) !== 13 || bytes.toString('latin1', 12, 16) !== 'IHDR') return false;
  const [depth, colourType, compression, filter, interlace] = bytes.subarray(24, 29);
  return (
    isPlausible(bytes.readUInt32BE(16), bytes.readUInt32BE(20)) &&
    PNG_DEPTHS[colourType!]?.includes(depth!) === true &&
    compression === 0 &&
    filter === 0 &&
    interlace! <= 1
  );
}

/** A start marker, then segments up to a frame header (SOF) that could be one. */
function isJpeg(bytes: Buffer): boolean {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (isFrameHeader(marker)) {
      return length >= 11 && at + 9 <= bytes.length && isPlausible(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    }
    // Markers below C0 and the ones without a length do not stand before a frame.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda) || length < 2) return false;
    at += 2 + length;
  }
  return false;
}

/** C0 to CF but for the tables DHT, JPG and DAC. */
const isFrameHeader = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const isPlausible = (width: number, height: number): boolean =>
  width >= 1 && height >= 1 && width <= MOST_PIXELS_A_SIDE && height <= MOST_PIXELS_A_SIDE;
