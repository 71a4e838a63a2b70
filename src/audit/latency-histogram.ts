import { compactInteger, compactNumber, CompactReader } from './compact-numbers';

/** Buckets per doubling: a percentile is right within 1.6 %. */
const PER_OCTAVE = 32;
/** Below this every microsecond has a bucket of its own. */
const EXACT = 32;

/** What a few lines of usage have is decoded when it is asked for, without an array of its own; of more than that the sum is kept. */
const MOST_WAITING = 400;
/** As many calls, one by one. */
const FEW_WAITING = 32;
/** Beyond the bucket of the longest time that a number can say. */
const MOST_BUCKETS = 2_048;
const zeros = (length: number): number[] => Array<number>(length).fill(0);

/** Of thousands of histograms most are never counted. */
const NONE: number[] = [];

/** How many calls took how long, in buckets that two of them have in common: histograms of parts add up to that of the whole. */
export class LatencyHistogram {
  /** Calls in each bucket from `first` on. An array: adding up a month of histograms is most of the work of a report. */
  private counts = NONE;
  private first = 0;
  /** Texts that were added, and are in none of the counts yet, with spaces between them. */
  private waiting = '';

  /** Adds what `toText` wrote, or several of that with spaces between them. */
  addText(text: string): void {
    if (text === '') return;
    if (text.includes(':')) this.addTextOfBefore(text);
    else if (this.counts === NONE && this.waiting.length + text.length <= MOST_WAITING) this.wait(text);
    else this.countParts(text);
  }

  /** The same of a part of a text, without making a text of it. */
  addPart(text: string, start: number, end: number): void {
    if (start >= end) return;
    if (this.counts === NONE && this.waiting.length + end - start <= MOST_WAITING) this.wait(text.slice(start, end));
    else this.countPart(text, start, end);
  }

  /** The buckets that have calls, each with its distance from the one before, and how many, where that is not one. */
  toText(): string {
    // Lines are mostly put elsewhere as they are.
    if (this.counts === NONE && !this.waiting.includes(' ')) return this.waiting;
    this.count();
    let text = '';
    let last = 0;
    for (const [i, calls] of this.counts.entries()) {
      if (calls === 0) continue;
      const bucket = this.first + i;
      text += bucketText(bucket - last, calls);
      last = bucket;
    }
    return text;
  }

  /** @param calls below zero takes back what was added before */
  add(microseconds: number, calls = 1): void {
    const bucket = bucketOf(microseconds);
    if (this.counts === NONE && this.waiting.length < FEW_WAITING) this.wait(bucketText(bucket, calls));
    else this.addTo(bucket, calls);
  }

  merge(other: LatencyHistogram): void {
    for (const [i, calls] of other.counts.entries()) if (calls !== 0) this.addTo(other.first + i, calls);
    this.addText(other.waiting);
  }

  /** @param shares 0.95 for p95, from small to large. `null` where nothing was counted. */
  percentiles<Shares extends readonly number[]>(...shares: Shares): { [Share in keyof Shares]: number | null } {
    if (this.counts !== NONE) {
      this.count();
      const { first } = this;
      return percentilesOf(this.counts, 0, this.counts.length, (at) => first + at, shares);
    }
    if (!this.waiting.includes(' ')) {
      const length = decode(this.waiting, 0, this.waiting.length);
      return percentilesOf(decodedCalls, 0, length, decodedBucketAt, shares);
    }
    let first = MOST_BUCKETS;
    let end = 0;
    for (let start = 0, stop = 0; start < this.waiting.length; start = stop + 1) {
      stop = partEnd(this.waiting, start);
      const length = decode(this.waiting, start, stop);
      for (let i = 0; i < length; i++) scratch[decodedBuckets[i]!]! += decodedCalls[i]!;
      if (decodedBuckets[0]! < first) first = decodedBuckets[0]!;
      if (decodedBuckets[length - 1]! >= end) end = decodedBuckets[length - 1]! + 1;
    }
    const found = percentilesOf(scratch, first, end, itself, shares);
    scratch.fill(0, first, end);
    return found;
  }

  /** `312:1 340:2`, as it was written before it was made compact. */
  private addTextOfBefore(text: string): void {
    for (const part of text.split(' ')) {
      const [bucket, calls] = part.split(':').map(Number) as [number, number];
      this.addTo(bucket, calls);
    }
  }

  private wait(text: string): void {
    this.waiting = this.waiting === '' ? text : `${this.waiting} ${text}`;
  }

  /** Puts what is waiting into the counts. */
  private count(): void {
    const texts = this.waiting;
    this.waiting = '';
    this.countParts(texts);
  }

  private countParts(texts: string): void {
    for (let start = 0, end = 0; start < texts.length; start = end + 1) {
      end = partEnd(texts, start);
      this.countPart(texts, start, end);
    }
  }

  private countPart(text: string, start: number, end: number): void {
    const length = decode(text, start, end);
    // The lowest is the first of them, the highest the last.
    this.makeRoomFor(decodedBuckets[0]!);
    this.makeRoomFor(decodedBuckets[length - 1]!);
    const { counts, first } = this;
    for (let i = 0; i < length; i++) counts[decodedBuckets[i]! - first]! += decodedCalls[i]!;
  }

  private addTo(bucket: number, calls: number): void {
    this.makeRoomFor(bucket);
    this.counts[bucket - this.first]! += calls;
  }

  private makeRoomFor(bucket: number): void {
    if (this.counts === NONE) {
      this.first = Math.max(0, bucket - PER_OCTAVE);
      this.counts = zeros(bucket - this.first + 1 + PER_OCTAVE);
      return;
    }
    const before = this.first - bucket;
    if (before > 0) {
      this.counts = [...zeros(before), ...this.counts];
      this.first = bucket;
    }
    const after = bucket - this.first + 1 - this.counts.length;
    if (after > 0) this.counts.push(...zeros(after + PER_OCTAVE));
  }
}

/** Where texts are added up that nothing else is added to: always empty again. */
const scratch = zeros(MOST_BUCKETS);

/** @param bucketAt which bucket the count at a place between `from` and `end` is of */
function percentilesOf<Shares extends readonly number[]>(
  counts: readonly number[],
  from: number,
  end: number,
  bucketAt: (place: number) => number,
  shares: Shares,
): { [Share in keyof Shares]: number | null } {
  let total = 0;
  for (let i = from; i < end; i++) total += counts[i]!;
  const found: Array<number | null> = [];
  let next = from;
  let passed = 0;
  for (const share of shares) {
    const wanted = Math.max(1, Math.ceil(share * total));
    while (passed < wanted && next < end) passed += counts[next++]!;
    found.push(passed >= wanted ? MIDDLES[bucketAt(next - 1)]! : null);
  }
  return found as { [Share in keyof Shares]: number | null };
}

/** Where the next space is, or the end. */
export function partEnd(text: string, start: number): number {
  const space = text.indexOf(' ', start);
  return space < 0 ? text.length : space;
}

/** What was decoded last: hundreds of thousands of times for a report, so it is not made anew. */
const decodedBuckets: number[] = [];
const decodedCalls: number[] = [];
const decodedBucketAt = (place: number): number => decodedBuckets[place]!;
const itself = (bucket: number): number => bucket;

/** A bucket by its distance from the one before, and how many calls it has, where that is not one. */
const bucketText = (distance: number, calls: number): string =>
  calls === 1 ? compactNumber(2 * distance) : compactNumber(2 * distance + 1) + compactInteger(calls);

/** @returns how many buckets it was, the lowest first */
function decode(text: string, start: number, end: number): number {
  const numbers = new CompactReader(text, start, end);
  let length = 0;
  for (let bucket = 0; numbers.hasMore; length++) {
    const number = numbers.number();
    bucket += number >> 1;
    decodedBuckets[length] = bucket;
    decodedCalls[length] = (number & 1) === 0 ? 1 : numbers.integer();
  }
  return length;
}

function bucketOf(microseconds: number): number {
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

const MIDDLES = Array.from({ length: MOST_BUCKETS }, (_, bucket) => middleOf(bucket));
