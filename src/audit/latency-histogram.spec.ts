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

  it('says nothing of no calls', () => {
    expect(new LatencyHistogram().percentiles(0.5, 0.99)).toEqual([null, null]);
  });
});
