import fc from 'fast-check';

import { FrameWriter, isTorn, nextFrame, readFrames } from './journal-frame';

/** What `JSON.stringify` makes: text without lone surrogates. */
const payloads = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), { maxLength: 30 });

const written = (texts: readonly string[]): Buffer => {
  const writer = new FrameWriter();
  for (const text of texts) writer.add(text);
  return Buffer.from(writer.bytes);
};

describe('the frames of the journal', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(payloads, (texts) => {
        const bytes = written(texts);
        expect(readFrames(bytes)).toEqual({ payloads: texts, end: bytes.length });
      }),
    );
  });

  it('are told from what was torn, wherever it was torn', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (texts, cut) => {
        const bytes = written(texts);
        const torn = bytes.subarray(0, cut % (bytes.length + 1));
        const { payloads: whole, end } = readFrames(torn);
        expect(whole).toEqual(texts.slice(0, whole.length));
        expect(end).toBe(written(whole).length);
        if (whole.length < texts.length) expect(written(texts.slice(0, whole.length + 1)).length).toBeGreaterThan(torn.length);
      }),
    );
  });

  it('end where a byte was changed', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 1, max: 255 }), (texts, place, change) => {
        fc.pre(texts.length > 0);
        const bytes = written(texts);
        const at = place % bytes.length;
        bytes[at] = bytes[at]! ^ change;
        const { payloads: whole, end } = readFrames(bytes);
        expect(end).toBeLessThanOrEqual(at);
        expect(whole).toEqual(texts.slice(0, whole.length));
      }),
    );
  });

  it('go on behind one of which a byte was changed', () => {
    fc.assert(
      fc.property(
        payloads,
        payloads,
        fc.string({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (before, after, text, place, change) => {
          fc.pre(after.length > 0);
          const damaged = written([text]);
          damaged[place % damaged.length]! ^= change;
          const rest = Buffer.concat([damaged, written(after)]);
          const { payloads: whole, end } = readFrames(Buffer.concat([written(before), rest]));
          expect([whole, end]).toEqual([before, written(before).length]);
          expect(nextFrame(rest)).toBe(damaged.length);
          expect(isTorn(damaged)).toBe(false);
        },
      ),
    );
  });

  it('are torn where only their rest is missing', () => {
    const frame = written(['{"a":"text"}']);
    for (let length = 0; length < frame.length; length++) expect(isTorn(frame.subarray(0, length))).toBe(true);
    expect(isTorn(Buffer.alloc(64))).toBe(false);
    expect(isTorn(Buffer.alloc(64, 0xff))).toBe(false);
  });

  it('are not seen in emptiness, nor in lengths that nobody wrote', () => {
    expect(readFrames(Buffer.alloc(4096))).toEqual({ payloads: [], end: 0 });
    expect(readFrames(Buffer.alloc(4096, 0xff))).toEqual({ payloads: [], end: 0 });
  });

  it('are read no more at a time than asked for', () => {
    expect(readFrames(written(['a', 'b', 'c']), 2)).toEqual({ payloads: ['a', 'b'], end: 18 });
  });
});
