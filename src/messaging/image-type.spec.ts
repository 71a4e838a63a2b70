import fc from 'fast-check';

import { imageTypeOf } from './image-type';

interface PngHeader {
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  readonly colourType?: number;
  readonly length?: number;
}

function png({ width = 640, height = 480, depth = 8, colourType = 6, length = 13 }: PngHeader = {}): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(length, 0);
  header.write('IHDR', 4, 'latin1');
  header.writeUInt32BE(width, 8);
  header.writeUInt32BE(height, 12);
  header.set([depth, colourType, 0, 0, 0], 16);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), header]);
}

const APP0 = [0xff, 0xe0, 0x00, 0x04, 0x4a, 0x46];
const frame = (width: number, height: number, marker = 0xc0): number[] => [
  0xff,
  marker,
  0x00,
  0x0b,
  8,
  height >> 8,
  height & 255,
  width >> 8,
  width & 255,
  1,
  1,
  0x11,
  0,
];
const jpeg = (...segments: number[][]): Buffer => Buffer.from([0xff, 0xd8, ...segments.flat()]);

it.each([
  ['a PNG', png(), 'image/png'],
  ['a black and white PNG', png({ depth: 1, colourType: 0 }), 'image/png'],
  ['a baseline JPEG', jpeg(APP0, frame(640, 480)), 'image/jpeg'],
  ['a progressive JPEG', jpeg(APP0, frame(640, 480, 0xc2)), 'image/jpeg'],
  ['a JPEG with tables and fill bytes before its frame', jpeg(APP0, [0xff, 0xff, 0xdb, 0x00, 0x03, 0x00], frame(1, 1)), 'image/jpeg'],
  ['nothing', Buffer.alloc(0), undefined],
  ['the signature of a PNG alone', png().subarray(0, 8), undefined],
  ['a PNG without width', png({ width: 0 }), undefined],
  ['a PNG of 4 billion rows', png({ height: 0xffffffff }), undefined],
  ['a PNG with a colour type that does not exist', png({ colourType: 5 }), undefined],
  ['a PNG with a depth that its colour type does not have', png({ depth: 4, colourType: 2 }), undefined],
  ['a PNG whose first chunk has another length', png({ length: 14 }), undefined],
  ['the start of a JPEG alone', jpeg(), undefined],
  ['a JPEG without a frame', jpeg(APP0), undefined],
  ['a JPEG with an empty frame', jpeg(APP0, frame(0, 480)), undefined],
  ['a JPEG whose segment has no length', jpeg([0xff, 0xe0, 0x00, 0x00], frame(640, 480)), undefined],
  ['a JPEG whose scan comes first', jpeg([0xff, 0xda, 0x00, 0x08, 1, 2, 3, 4, 5, 6], frame(640, 480)), undefined],
  ['a GIF', Buffer.from('GIF89a\u0001\u0000\u0001\u0000', 'latin1'), undefined],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
  ['HTML after the start of a JPEG', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('<script>alert(1)</script>')]), undefined],
])('%s is %p', (_what, bytes, type) => {
  expect(imageTypeOf(bytes)).toBe(type);
});

it('no bytes make it fail or run on', () => {
  const begun = fc.uint8Array({ maxLength: 400 }).map((tail) => jpeg([...tail]));
  fc.assert(
    fc.property(
      fc.oneof(
        begun,
        fc.uint8Array().map((all) => Buffer.from(all)),
      ),
      (bytes) => ['image/png', 'image/jpeg', undefined].includes(imageTypeOf(bytes)),
    ),
  );
});
