import { BY_KEY, type Line, nameOf } from './usage-lines';
import { eachLine, groupReader, sheetsAtOnce } from './usage-sheets';
import { Tally } from './usage-tally';

const lineOf = (quarter: number, number: number, latencies: readonly number[]): Line => {
  const tally = new Tally();
  for (const latencyMicroseconds of latencies) tally.count({ status: 200, latencyMicroseconds }, 1);
  return { name: nameOf(BY_KEY, 3, quarter, [number]), organization: 3, quarter, group: [number], tally };
};

const bothOf = groupReader((number, code) => [number, code] as const);

describe('sheets of usage', () => {
  it('hold twenty lines a row, and say them again', () => {
    const lines = Array.from({ length: 45 }, (_, i) => lineOf(4, 100 + i, [i, i * 1_000]));
    const rows = [...sheetsAtOnce(lines)].flat();
    expect(rows.map(({ organization, quarter, part }) => [organization, quarter, part])).toEqual([0, 1, 2].map((part) => [3, 4, part]));
    const read: unknown[] = [];
    for (const row of rows) {
      eachLine(row, bothOf, (group, calls, errors, denied, latencies, start, end) =>
        read.push([...group, calls, errors, denied, latencies.slice(start, end)]),
      );
    }
    expect(read).toEqual(lines.map(({ group: [number], tally }) => [number, '', 2, 0, 0, tally.latencies.toText()]));
  });

  it('keep lines of other quarters in rows of their own', () => {
    const rows = [...sheetsAtOnce([lineOf(4, 1, [5]), lineOf(8, 1, [5]), lineOf(4, 2, [5])])].flat();
    expect(rows.map(({ quarter, part, group_values }) => [quarter, part, group_values])).toEqual([
      [4, 0, '1 2'],
      [8, 0, '1'],
    ]);
  });

  it('name a status and its code, or none', () => {
    const read: unknown[] = [];
    const sheet = { group_values: '404:not_found 200:', counts: 'SECAAA' };
    eachLine(sheet, bothOf, (group, ...counted) => read.push([...group, ...counted]));
    expect(read).toEqual([
      [404, 'not_found', 9, 2, 1, '', 0, 0],
      [200, '', 0, 0, 0, '', 1, 0],
    ]);
  });

  it('are written in statements that no server finds too large, and in rows that MySQL’s TEXT can hold', () => {
    // Every bucket from a tenth of a millisecond to a hundred seconds, thousands of times.
    const tally = new Tally();
    for (let microseconds = 100; microseconds < 100_000_000; microseconds *= 1.011) {
      tally.count({ status: 200, latencyMicroseconds: microseconds }, 20_000);
    }
    const busy = Array.from({ length: 400 }, (_, i) => ({ ...lineOf(96, i, []), tally }));
    const statements = [...sheetsAtOnce(busy)];
    expect(statements.flat()).toHaveLength(20);
    expect(statements.length).toBeGreaterThan(1);
    for (const rows of statements) {
      expect(JSON.stringify(rows).length).toBeLessThan(512 * 1024);
      for (const { latencies } of rows) expect(latencies.length).toBeLessThan(65_535);
    }
  });

  it('are not written of nothing', () => {
    expect([...sheetsAtOnce([])]).toEqual([]);
  });
});
