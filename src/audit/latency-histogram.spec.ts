import fc from 'fast-check';

import { LatencyHistogram } from './latency-histogram';

const anyLatencies = fc.array(fc.integer({ min: 0, max: 3_600_000_000 }), { minLength: 1, maxLength: 300 });

function histogramOf(latencies: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const latency of latencies) histogram.add(latency);
  return histogram;
}

describe('a latency histogram', () => {
  it('gives percentiles that are right within 1.6 %', () => {
    fc.assert(
      fc.property(anyLatencies, fc.constantFrom(0.5, 0.95, 0.99, 1), (latencies, share) => {
        const exact = latencies.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * latencies.length)) - 1]!;
        const found = histogramOf(latencies).percentiles(share)[0]!;
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.016 + 0.5);
      }),
    );
  });

  it('of parts adds up to that of the whole', () => {
    fc.assert(
      fc.property(anyLatencies, anyLatencies, fc.constantFrom(0.5, 0.95, 0.99), (some, others, share) => {
        const merged = histogramOf(some);
        merged.merge(histogramOf(others));
        expect(merged.percentiles(share)).toEqual(histogramOf([...some, ...others]).percentiles(share));
        const read = histogramOf(some);
        read.addText(histogramOf(others).toText());
        expect(read.percentiles(share)).toEqual(merged.percentiles(share));
      }),
    );
  });

  it('counts a row that stands for several calls as so many', () => {
    const histogram = histogramOf([1_000]);
    histogram.add(10, 99);
    expect(histogram.percentiles(0.5, 0.99, 1)).toEqual([10, 10, expect.any(Number)]);
    expect(histogram.percentiles(1)[0]).toBeGreaterThan(900);
  });

  it('is the same however often, in however many parts and whenever it was written', () => {
    fc.assert(
      fc.property(fc.array(anyLatencies, { minLength: 1, maxLength: 12 }), (parts) => {
        const whole = histogramOf(parts.flat());
        const read = new LatencyHistogram();
        for (const part of parts) read.addText(histogramOf(part).toText());
        const again = new LatencyHistogram();
        again.addText(read.toText());
        const merged = new LatencyHistogram();
        merged.merge(again);
        merged.merge(new LatencyHistogram());
        const shares = [0.1, 0.5, 0.95, 1] as const;
        for (const one of [read, again, merged]) {
          // Asking changes nothing.
          expect(one.percentiles(...shares)).toEqual(whole.percentiles(...shares));
          expect(one.percentiles(...shares)).toEqual(whole.percentiles(...shares));
          expect(one.toText()).toBe(whole.toText());
        }
      }),
    );
  });

  it('takes back what was added, also as text', () => {
    const some = histogramOf([1_000, 2_000]);
    const back = new LatencyHistogram();
    back.add(1_000, -1);
    some.addText(back.toText());
    expect(some.toText()).toBe(histogramOf([2_000]).toText());
    expect(some.percentiles(0.5)).toEqual(histogramOf([2_000]).percentiles(0.5));
    some.add(2_000, -1);
    expect([some.toText(), some.percentiles(0.5)]).toEqual(['', [null]]);
  });

  it('reads what was written before texts were compact', () => {
    const read = new LatencyHistogram();
    read.addText('31:2 32:-1 312:40');
    const written = new LatencyHistogram();
    written.add(31, 2);
    written.add(32, -1);
    written.addText('312:40');
    expect(read.percentiles(0.02, 0.5)).toEqual([31, written.percentiles(0.5)[0]]);
    expect(read.toText()).toBe(written.toText());
    expect(read.toText()).not.toContain(':');
  });

  it('takes a character for a call where they are close, and few for thousands of the same time', () => {
    expect(histogramOf([10, 12, 20]).toText()).toHaveLength(3);
    const many = new LatencyHistogram();
    many.add(10, 30_000);
    expect(many.toText()).toHaveLength(5);
  });

  it('says nothing of no calls', () => {
    expect(new LatencyHistogram().percentiles(0.5, 0.99)).toEqual([null, null]);
  });
});
