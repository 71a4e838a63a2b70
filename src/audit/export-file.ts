import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Cell, csvRecord } from './csv';

export type ExportFormat = 'csv' | 'ndjson';

/** Rows on their way out: read page by page, each no sooner than the one before has been taken. */
export type Pages<Row> = AsyncIterable<readonly Row[]>;

/** How a row is written as a line of cells. */
export interface Columns<Row> {
  readonly names: readonly string[];
  readonly cells: (row: Row) => readonly Cell[];
}

export interface ExportedFile<Row> {
  /** Without its ending. */
  readonly name: string;
  readonly format: ExportFormat;
  readonly columns: Columns<Row>;
  readonly pages: Pages<Row>;
}

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

/** How much may wait for a slow reader besides the page at hand. */
const WAITING_BYTES = 64 * 1024;

/**
 * A file that is made while it is read, in bounded memory: the next page is read when the reader has taken the last one, and none
 * any more once the reader has gone. Where reading fails in the middle, the connection is cut, so that half a file never looks whole.
 */
export function exportedFile<Row extends object>({ name, format, columns, pages }: ExportedFile<Row>): StreamableFile {
  const text = format === 'csv' ? asCsv(columns, pages) : asNdjson(pages);
  const stream = Readable.from(text, { objectMode: false, highWaterMark: WAITING_BYTES });
  return new StreamableFile(stream, { type: TYPES[format], disposition: `attachment; filename="${name}.${format}"` });
}

async function* asCsv<Row>({ names, cells }: Columns<Row>, pages: Pages<Row>): AsyncGenerator<string> {
  yield csvRecord(names);
  for await (const page of pages) {
    if (page.length > 0) yield page.map((row) => csvRecord(cells(row))).join('');
    else await nextTurn();
  }
}

async function* asNdjson<Row extends object>(pages: Pages<Row>): AsyncGenerator<string> {
  for await (const page of pages) {
    if (page.length > 0) yield page.map(jsonLine).join('');
    else await nextTurn();
  }
}

/** What JSON leaves as it is and some readers take for the end of a line is escaped; it means the same. */
export const jsonLine = (row: object): string =>
  `${JSON.stringify(row).replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
