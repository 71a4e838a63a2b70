import { escapeControls } from '../common';

export type Cell = string | number | boolean | Date | null;

/**
 * A spreadsheet takes a cell that begins like this for a formula, also behind what cannot be seen; some take the full-width signs for the
 * others.
 */
const FORMULA = /^(?:[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]|[\t\r\n])/;
/** Where commas are for decimals, semicolons are between cells. */
const QUOTED = /[",;]/;
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
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
