import { readCounts } from './compact-numbers';
import { bucketOf, histogramText, microsecondsOf, MOST_BUCKETS } from './latency-histogram';

/** Of texts that are kept, and of what was added: beyond that each histogram is added up to a short text of its own. */
const MOST_CHARACTERS = 8 * 2 ** 20;
const MOST_PARTS = 2 ** 18;
/** How many there is room for at first, and how many numbers each is. */
const FIRST_PARTS = 1_024;
const NUMBERS = 4;
/** In the place of a text: the part is a bucket and how many calls it has. */
const ONE_BUCKET = -1;
const NOTHING = -1;

/**
 * Thousands of latency histograms, by their number from 0 on. For reports, which add tens of thousands of stored ones up and ask each sum
 * once: what is added stays where it is, a few numbers say where, and it is read when it is asked for. With objects for each, reports of
 * many buckets took half as long again.
 */
export class LatencyTable {
  private texts: string[] = [];
  private characters = 0;
  /** Of each part: in which text it is, from where to where, and which part was added to the same histogram before. */
  private parts: Int32Array = new Int32Array(FIRST_PARTS * NUMBERS);
  private count = 0;
  /** The part that was added last to each histogram. */
  private last: number[] = [];
  private most: { readonly characters: number; readonly parts: number };

  constructor(private readonly usual = { characters: MOST_CHARACTERS, parts: MOST_PARTS }) {
    this.most = usual;
  }

  /** Adds what a `LatencyHistogram` wrote, from `start` to `end` of a text. Those of one text are best added one after the other. */
  add(histogram: number, text: string, start: number, end: number): void {
    if (start >= end) return;
    this.makeRoom(text.length);
    this.addText(histogram, text, start, end);
  }

  addCalls(histogram: number, microseconds: number, calls: number): void {
    this.makeRoom(0);
    this.addPart(histogram, ONE_BUCKET, bucketOf(microseconds), calls);
  }

  /** In microseconds. @param shares from small to large. `null` where nothing was counted. */
  percentiles(histogram: number, shares: readonly number[]): Array<number | null> {
    const { first, end, calls } = this.sum(histogram);
    const found: Array<number | null> = [];
    let bucket = first;
    let passed = 0;
    for (const share of shares) {
      const wanted = Math.max(1, Math.ceil(share * calls));
      while (passed < wanted && bucket < end) passed += sums[bucket++]!;
      found.push(passed >= wanted ? microsecondsOf(bucket - 1) : null);
    }
    sums.fill(0, first, end);
    return found;
  }

  private addText(histogram: number, text: string, start: number, end: number): void {
    if (text !== this.texts.at(-1)) {
      this.texts.push(text);
      this.characters += text.length;
    }
    this.addPart(histogram, this.texts.length - 1, start, end);
  }

  private addPart(histogram: number, inText: number, start: number, end: number): void {
    const at = this.count * NUMBERS;
    if (at === this.parts.length) this.parts = grown(this.parts);
    const { parts, last } = this;
    parts[at] = inText;
    parts[at + 1] = start;
    parts[at + 2] = end;
    parts[at + 3] = last[histogram] ?? NOTHING;
    // Arrays without holes are quick.
    while (last.length < histogram) last.push(NOTHING);
    last[histogram] = this.count++;
  }

  /** Puts a histogram into `sums`, which whoever is done with has to clear. */
  private sum(histogram: number): { readonly first: number; readonly end: number; readonly calls: number } {
    let first = MOST_BUCKETS;
    let end = 0;
    let calls = 0;
    const { parts } = this;
    for (let part = this.last[histogram] ?? NOTHING; part !== NOTHING; part = parts[part * NUMBERS + 3]!) {
      const text = parts[part * NUMBERS]!;
      const start = parts[part * NUMBERS + 1]!;
      const stop = parts[part * NUMBERS + 2]!;
      let length = 1;
      if (text === ONE_BUCKET) {
        buckets[0] = start;
        counts[0] = stop;
      } else length = readCounts(this.texts[text]!, start, stop, buckets, counts);
      // The lowest is the first of them, the highest the last.
      if (buckets[0]! < first) first = buckets[0]!;
      if (buckets[length - 1]! >= end) end = buckets[length - 1]! + 1;
      for (let i = 0; i < length; i++) {
        const count = counts[i]!;
        sums[buckets[i]!]! += count;
        calls += count;
      }
    }
    return { first: Math.min(first, end), end, calls };
  }

  private makeRoom(characters: number): void {
    if (this.characters + characters <= this.most.characters && this.count < this.most.parts) return;
    const texts = this.last.map((_part, histogram) => {
      const { first, end } = this.sum(histogram);
      const text = histogramText(sums, first, end);
      sums.fill(0, first, end);
      return text;
    });
    [this.texts, this.last] = [[], []];
    [this.characters, this.count] = [0, 0];
    for (const [histogram, text] of texts.entries()) if (text !== '') this.addText(histogram, text, 0, text.length);
    // Where that is as much as before, it is not tried again with each of the next.
    const { characters: usualCharacters, parts } = this.usual;
    this.most = { characters: Math.max(usualCharacters, 2 * this.characters), parts: Math.max(parts, 2 * this.count) };
  }
}

function grown(parts: Int32Array): Int32Array {
  const more = new Int32Array(2 * parts.length);
  more.set(parts);
  return more;
}

/** What was read last, and where it is added up: not made anew for each. `sums` is always empty again. */
const buckets = new Uint16Array(MOST_BUCKETS);
const counts = new Float64Array(MOST_BUCKETS);
const sums = new Float64Array(MOST_BUCKETS);
