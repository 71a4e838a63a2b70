const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Of a digit five bits are the number's, the lowest first; the sixth says that more digits follow. */
const BASE = 32;

const VALUES = new Uint8Array(128);
for (let value = 0; value < DIGITS.length; value++) VALUES[DIGITS.charCodeAt(value)] = value;

/** A whole number from 0 up as a text that ends by itself, so that numbers stand side by side: one character below 32, two below 1,024. */
export function compactNumber(number: number): string {
  let text = '';
  for (let rest = number; ; rest = Math.floor(rest / BASE)) {
    if (rest < BASE) return text + DIGITS[rest];
    text += DIGITS[BASE + (rest % BASE)];
  }
}

/** The same for numbers below 0, too: twice as many characters from 16 up. */
export const compactInteger = (number: number): string => compactNumber(number < 0 ? -2 * number - 1 : 2 * number);

/** Reads numbers that stand side by side. */
export class CompactReader {
  private at = 0;

  constructor(private readonly text: string) {}

  get hasMore(): boolean {
    return this.at < this.text.length;
  }

  number(): number {
    let number = 0;
    let digit = BASE;
    for (let unit = 1; digit >= BASE && this.hasMore; unit *= BASE) {
      digit = VALUES[this.text.charCodeAt(this.at++)]!;
      number += (digit % BASE) * unit;
    }
    return number;
  }

  integer(): number {
    return signed(this.number());
  }
}

/** What is counted at a place, which is said by its distance from the last place before it. One character where it is close and the count 1. */
export const compactCount = (distance: number, count: number): string =>
  count === 1 ? compactNumber(2 * distance) : compactNumber(2 * distance + 1) + compactInteger(count);

/**
 * Reads what `compactCount` wrote, which stands side by side from `start` to `end` of a text, into arrays that are long enough. Written out,
 * because a report reads hundreds of thousands of counts: with a reader it took twice as long.
 * @returns how many there are, the lowest place first
 */
export function readCounts(text: string, start: number, end: number, places: Uint16Array, counts: Float64Array): number {
  let length = 0;
  let place = 0;
  for (let at = start; at < end; length++) {
    let distance = 0;
    let digit = BASE;
    for (let unit = 1; digit >= BASE && at < end; unit *= BASE) {
      digit = VALUES[text.charCodeAt(at++)]!;
      distance += (digit % BASE) * unit;
    }
    place += distance >> 1;
    places[length] = place;
    if (distance % 2 === 0) {
      counts[length] = 1;
      continue;
    }
    let count = 0;
    digit = BASE;
    for (let unit = 1; digit >= BASE && at < end; unit *= BASE) {
      digit = VALUES[text.charCodeAt(at++)]!;
      count += (digit % BASE) * unit;
    }
    counts[length] = signed(count);
  }
  return length;
}

function signed(number: number): number {
  const half = Math.floor(number / 2);
  return half * 2 === number ? half : -half - 1;
}
