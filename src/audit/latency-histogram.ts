import { compactCount, readCounts } from './compact-numbers';

/** Buckets per doubling: a percentile is right within 1.6 %. */
const PER_OCTAVE = 32;
/** Below this every microsecond has a bucket of its own. */
const EXACT = 32;
/** Beyond the bucket of the longest time that a number can say. */
export const MOST_BUCKETS = 2_048;

/** Characters of texts that wait: they are read when they are asked for, without counts of their own. */
const MOST_WAITING = 400;
/** Calls that wait, with their buckets: as many as half of it. */
const MOST_SINGLE = 32;

/** Of thousands of histograms most are never counted. */
const NO_COUNTS = new Float64Array(0);
const NO_CALLS: number[] = [];

/** A stretch of a text that `toText` wrote, and what came before it. */
interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly before: Part | undefined;
}

/** How many calls took how long, in buckets that two of them have in common: histograms of parts add up to that of the whole. */
export class LatencyHistogram {
  /** Calls in each bucket from `first` on. */
  private counts = NO_COUNTS;
  private first = 0;
  /** What was added and is in none of the counts yet: texts, of so many characters, and buckets with calls in turn. */
  private parts: Part | undefined;
  private waiting = 0;
  private singles = NO_CALLS;

  /** Adds what `toText` wrote, or several of that with spaces between them. */
  addText(text: string): void {
    if (isOfBefore(text)) this.addTextOfBefore(text);
    else for (let start = 0, end = 0; start < text.length; start = end + 1) this.addPart(text, start, (end = partEnd(text, start)));
  }

  /** The same of a part of a text, without making a text of it. */
  addPart(text: string, start: number, end: number): void {
    const length = end - start;
    if (length <= 0) return;
    if (this.counts === NO_COUNTS && this.waiting + length <= MOST_WAITING) {
      this.parts = { text, start, end, before: this.parts };
      this.waiting += length;
    } else this.countPart(text, start, end);
  }

  /** The buckets that have calls, each with its distance from the one before, and how many, where that is not one. */
  toText(): string {
    // Lines are mostly put elsewhere as they are.
    const only = this.onlyPart();
    if (only) return only.text.slice(only.start, only.end);
    this.count();
    return histogramText(this.counts, 0, this.counts.length, this.first);
  }

  /** @param calls below zero takes back what was added before */
  add(microseconds: number, calls = 1): void {
    const bucket = bucketOf(microseconds);
    if (this.counts !== NO_COUNTS || this.singles.length === MOST_SINGLE) this.addTo(bucket, calls);
    else if (this.singles === NO_CALLS) this.singles = [bucket, calls];
    else this.singles.push(bucket, calls);
  }

  merge({ counts, first, parts, singles }: LatencyHistogram): void {
    for (const [i, calls] of counts.entries()) if (calls !== 0) this.addTo(first + i, calls);
    for (let i = 0; i < singles.length; i += 2) this.addTo(singles[i]!, singles[i + 1]!);
    for (let part = parts; part; part = part.before) this.addPart(part.text, part.start, part.end);
  }

  /** @param shares 0.95 for p95, from small to large. `null` where nothing was counted. */
  percentiles<Shares extends readonly number[]>(...shares: Shares): { [Share in keyof Shares]: number | null } {
    this.count();
    const { counts, first } = this;
    const total = counts.reduce((sum, calls) => sum + calls, 0);
    let next = 0;
    let passed = 0;
    const found = shares.map((share) => {
      const wanted = Math.max(1, Math.ceil(share * total));
      while (passed < wanted && next < counts.length) passed += counts[next++]!;
      return passed >= wanted ? microsecondsOf(first + next - 1) : null;
    });
    return found as { [Share in keyof Shares]: number | null };
  }

  /** All there is, where that is one text. */
  private onlyPart(): Part | undefined {
    return this.counts === NO_COUNTS && this.singles === NO_CALLS && this.parts?.before === undefined ? this.parts : undefined;
  }

  /** `312:1 340:2`, as it was written before it was made compact. */
  private addTextOfBefore(text: string): void {
    for (const part of text.split(' ')) {
      const [bucket, calls] = part.split(':').map(Number) as [number, number];
      this.addTo(bucket, calls);
    }
  }

  /** Puts what is waiting into the counts. */
  private count(): void {
    const { parts, singles } = this;
    this.parts = undefined;
    this.waiting = 0;
    this.singles = NO_CALLS;
    for (let part = parts; part; part = part.before) this.countPart(part.text, part.start, part.end);
    for (let i = 0; i < singles.length; i += 2) this.addTo(singles[i]!, singles[i + 1]!);
  }

  private countPart(text: string, start: number, end: number): void {
    const length = readCounts(text, start, end, readBuckets, readCalls);
    // The lowest is the first of them, the highest the last.
    this.makeRoomFor(readBuckets[0]!);
    this.makeRoomFor(readBuckets[length - 1]!);
    const { counts, first } = this;
    for (let i = 0; i < length; i++) counts[readBuckets[i]! - first]! += readCalls[i]!;
  }

  private addTo(bucket: number, calls: number): void {
    this.makeRoomFor(bucket);
    this.counts[bucket - this.first]! += calls;
  }

  private makeRoomFor(bucket: number): void {
    const { counts, first } = this;
    const end = first + counts.length;
    if (bucket >= first && bucket < end) return;
    const isNew = counts.length === 0;
    this.first = isNew || bucket < first ? Math.max(0, bucket - PER_OCTAVE) : first;
    this.counts = new Float64Array((isNew || bucket >= end ? bucket + 1 + PER_OCTAVE : end) - this.first);
    this.counts.set(counts, isNew ? 0 : first - this.first);
  }
}

/** A histogram as it is written today. */
export function compactHistogram(text: string): string {
  if (!isOfBefore(text)) return text;
  const histogram = new LatencyHistogram();
  histogram.addText(text);
  return histogram.toText();
}

const isOfBefore = (text: string): boolean => text.includes(':');

/** What was read last: hundreds of thousands of times for a report, so it is not made anew. */
const readBuckets = new Uint16Array(MOST_BUCKETS);
const readCalls = new Float64Array(MOST_BUCKETS);
/** Where the next space is, or the end. */
export function partEnd(text: string, start: number): number {
  const space = text.indexOf(' ', start);
  return space < 0 ? text.length : space;
}

/** Where calls that took so long are counted. */
export function bucketOf(microseconds: number): number {
  const value = Math.max(0, Math.floor(microseconds));
  if (value < EXACT) return value;
  const octave = Math.floor(Math.log2(value));
  return EXACT + (octave - 5) * PER_OCTAVE + Math.floor((value / 2 ** octave - 1) * PER_OCTAVE);
}

function middleOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const octave = 5 + Math.floor((bucket - EXACT) / PER_OCTAVE);
  const width = 2 ** octave / PER_OCTAVE;
  return Math.floor(2 ** octave + ((bucket - EXACT) % PER_OCTAVE) * width + (width - 1) / 2);
}

/** What calls in a bucket are said to have taken. */
export const microsecondsOf = (bucket: number): number => MIDDLES[bucket]!;

/** @param counts of buckets, those from `from` to `end` @param first the bucket of the first of all */
export function histogramText(counts: Float64Array, from: number, end: number, first = 0): string {
  let text = '';
  let last = 0;
  for (let i = from; i < end; i++) {
    if (counts[i] === 0) continue;
    text += compactCount(first + i - last, counts[i]!);
    last = first + i;
  }
  return text;
}

const MIDDLES = Array.from({ length: MOST_BUCKETS }, (_, bucket) => middleOf(bucket));
