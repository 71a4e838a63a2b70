import fc from 'fast-check';

import { csvRecord } from './csv';

describe('A19.3: a cell of an exported file', () => {
  it.each([
    ['plain', 'plain'],
    ['=1+1', "'=1+1"],
    ['+49 30 1', "'+49 30 1"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    ['a＝1', 'a＝1'],
    [' =1+1', "' =1+1"],
    ['\u200b\ufeff=1+1', "'\u200b\ufeff=1+1"],
    ['\u202e@SUM(A1)', "'\u202e@SUM(A1)"],
    ['a;=1+1;b', '"a;=1+1;b"'],
    ['\tx', "'\\u0009x"],
    ['\rx', "'\\u000dx"],
    ['\nx', "'\\u000ax"],
    ['=HYPERLINK("http://evil.example","x")', '"\'=HYPERLINK(""http://evil.example"",""x"")"'],
    ['-5', '-5'],
    ['+5.25', '+5.25'],
    ['-5-5', "'-5-5"],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\r\nlines', 'two\\u000d\\u000alines'],
    ['bell\u0007 and \u009b and \u2028', 'bell\\u0007 and \\u009b and \\u2028'],
    [-5, '-5'],
    [true, 'true'],
    [null, ''],
    [new Date('2026-01-15T10:00:00.000Z'), '2026-01-15T10:00:00.000Z'],
  ])('%p is written %p', (value, written) => {
    expect(csvRecord([value])).toBe(`${written}\r\n`);
  });

  it('never makes another column, another line or a formula', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (values) => {
        const record = csvRecord(values);
        expect(record.indexOf('\r\n')).toBe(record.length - 2);
        const cells = readRecord(record.slice(0, -2));
        expect(cells).toHaveLength(values.length);
        for (const cell of cells) expect(/^[=@＝＋－＠\t\r\n]|^[+-](?!\d+(\.\d+)?$)/.test(cell)).toBe(false);
      }),
    );
  });
});

/** RFC 4180, the other way round. */
function readRecord(line: string): string[] {
  return [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!);
}
