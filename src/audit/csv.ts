import { escapeControls } from '../common';

export type Cell = string | number | boolean | Date | null;

/** A spreadsheet takes a cell that begins like this for a formula; some take the full-width signs for the others. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * One record of RFC 4180. Text that a spreadsheet would compute gets an apostrophe in front, numbers excepted; control characters
 * are escaped, so that a record is always one line.
 */
export const csvRecord = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(value: Cell): string {
  if (value === null) return '';
  // What is no time any more, because somebody has tampered with it, is left empty.
  if (value instanceof Date) return value.toJSON() ?? '';
  if (typeof value !== 'string') return String(value);
  const harmless = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  const text = escapeControls(harmless);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
