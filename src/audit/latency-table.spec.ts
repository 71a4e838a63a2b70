import fc from 'fast-check';

import { LatencyHistogram } from './latency-histogram';
import { LatencyTable } from './latency-table';

const SHARES = [0.1, 0.5, 0.95, 1] as const;
const anyLatencies = fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 30 });
/** A text with the histograms of several lines, as sheets have them; and calls one by one. */
const added = fc.oneof(
  fc.record({ lines: fc.array(anyLatencies, { minLength: 1, maxLength: 5 }), first: fc.nat({ max: 7 }) }),
  fc.record({ histogram: fc.nat({ max: 11 }), latency: fc.nat({ max: 60_000_000 }), calls: fc.integer({ min: -2, max: 50 }) }),
);

const histogramOf = (latencies: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram();
  for (const latency of latencies) histogram.add(latency);
  return histogram;
};

describe('a table of latency histograms', () => {
  it.each([
    { because: 'there is room for all that is added', most: undefined },
    { because: 'hardly any text may be kept', most: { characters: 40, parts: 1_000 } },
    { because: 'hardly any part may be kept', most: { characters: 100_000, parts: 8 } },
  ])('tells of each what one by itself tells, where $because', ({ most }) => {
    fc.assert(
      fc.property(fc.array(added, { maxLength: 40 }), (all) => {
        const table = new LatencyTable(most);
        const alone = Array.from({ length: 12 }, () => new LatencyHistogram());
        for (const some of all) {
          if ('latency' in some) {
            table.addCalls(some.histogram, some.latency, some.calls);
            alone[some.histogram]!.add(some.latency, some.calls);
            continue;
          }
          const texts = some.lines.map((latencies) => histogramOf(latencies).toText());
          let start = 0;
          for (const [i, text] of texts.entries()) {
            table.add(some.first + i, texts.join(' '), start, start + text.length);
            alone[some.first + i]!.addText(text);
            start += text.length + 1;
          }
        }
        for (const [i, histogram] of alone.entries()) {
          expect(table.percentiles(i, SHARES)).toEqual(histogram.percentiles(...SHARES));
          // Asking changes nothing.
          expect(table.percentiles(i, SHARES)).toEqual(histogram.percentiles(...SHARES));
        }
      }),
    );
  });

  it('says nothing of no calls', () => {
    expect(new LatencyTable().percentiles(3, SHARES)).toEqual([null, null, null, null]);
  });
});
