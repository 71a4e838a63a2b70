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

/** Reads numbers that stand side by side, in all of a text or in a part of it. */
export class CompactReader {
  constructor(
    private readonly text: string,
    private at = 0,
    private readonly end = text.length,
  ) {}

  get hasMore(): boolean {
    return this.at < this.end;
  }

  number(): number {
    const digit = VALUES[this.text.charCodeAt(this.at++)]!;
    return digit < BASE ? digit : this.longNumber(digit - BASE);
  }

  integer(): number {
    const number = this.number();
    const half = Math.floor(number / 2);
    return half * 2 === number ? half : -half - 1;
  }

  private longNumber(first: number): number {
    let value = first;
    for (let unit = BASE; this.at < this.end; unit *= BASE) {
      const digit = VALUES[this.text.charCodeAt(this.at++)]!;
      if (digit < BASE) return value + digit * unit;
      value += (digit - BASE) * unit;
    }
    return value;
  }
}
