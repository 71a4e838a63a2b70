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
  /** A reader that takes nothing for so long, or at most for twice as long, is left. Default: 30 seconds. */
  readonly longestPauseMs?: number;
}

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' } as const;

/** How much may wait for a slow reader besides the page at hand. */
const WAITING_BYTES = 64 * 1024;
const LONGEST_PAUSE_MS = 30_000;

/**
 * A file that is made while it is read, in bounded memory: the next page is read when the reader has taken the last one, and none
 * any more once the reader has gone, or takes nothing any more. Where reading fails in the middle, the connection is cut, so that half a
 * file never looks whole.
 */
export function exportedFile<Row extends object>({ name, format, columns, pages, longestPauseMs }: ExportedFile<Row>): StreamableFile {
  const text = new TakenText(format === 'csv' ? asCsv(columns, pages) : asNdjson(pages));
  const stream = Readable.from(text.pieces(), { objectMode: false, highWaterMark: WAITING_BYTES });
  const watch = setInterval(() => {
    // As an error, or Express would leave the answer open.
    if (text.isLeftWaiting()) stream.destroy(new Error('Nobody takes the exported file'));
  }, longestPauseMs ?? LONGEST_PAUSE_MS).unref();
  stream.once('close', () => clearInterval(watch));
  return new StreamableFile(stream, { type: TYPES[format], disposition: `attachment; filename="${name}.${format}"` });
}

/** Knows whether its reader goes on. */
class TakenText {
  /** How many pieces were taken, and how many had been when it was asked last; `isTaken` while the next one is being made. */
  private taken = 0;
  private seen = -1;
  private isTaken = true;

  constructor(private readonly text: AsyncIterable<string>) {}

  async *pieces(): AsyncGenerator<string> {
    for await (const piece of this.text) {
      this.isTaken = false;
      yield piece;
      this.isTaken = true;
      this.taken += 1;
    }
    // What is left of it may still not be taken.
    this.isTaken = false;
  }

  /** Whether nothing was taken since it was asked last, although there was something. */
  isLeftWaiting(): boolean {
    const isLeft = !this.isTaken && this.taken === this.seen;
    this.seen = this.taken;
    return isLeft;
  }
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
