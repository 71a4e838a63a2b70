import { compactInteger, compactNumber, CompactReader } from './compact-numbers';

/** Buckets per doubling: a percentile is right within 1.6 %. */
const PER_OCTAVE = 32;
/** Below this every microsecond has a bucket of its own. */
const EXACT = 32;

/** What a few lines of usage have is decoded when it is asked for, without an array of its own; of more than that the sum is kept. */
const MOST_WAITING = 400;
/** Beyond the bucket of the longest time that a number can say. */
const MOST_BUCKETS = 2_048;

type Visit = (bucket: number, calls: number) => void;

/** How many calls took how long, in buckets that two of them have in common: histograms of parts add up to that of the whole. */
export class LatencyHistogram {
  /** Calls in each bucket from `first` on. An array: adding up a month of histograms is most of the work of a report. */
  private counts: number[] = [];
  private first = 0;
  /** Texts that were added, and are in none of the counts yet, with spaces between them. */
  private waiting = '';

  /** Adds what `toText` wrote. */
  addText(text: string): void {
    if (text === '') return;
    this.waiting = this.waiting === '' ? text : `${this.waiting} ${text}`;
    if (this.waiting.length > MOST_WAITING) this.count();
  }

  /** The buckets that have calls, each with its distance from the one before, and how many, where that is not one. */
  toText(): string {
    // Lines are mostly put elsewhere as they are.
    if (this.counts.length === 0 && /^\S+$/.test(this.waiting) && !isOfBefore(this.waiting)) return this.waiting;
    this.count();
    let text = '';
    let last = 0;
    for (const [i, calls] of this.counts.entries()) {
      if (calls === 0) continue;
      const bucket = this.first + i;
      text += calls === 1 ? compactNumber(2 * (bucket - last)) : compactNumber(2 * (bucket - last) + 1) + compactInteger(calls);
      last = bucket;
    }
    return text;
  }

  /** @param calls below zero takes back what was added before */
  add(microseconds: number, calls = 1): void {
    this.addTo(bucketOf(microseconds), calls);
  }

  merge(other: LatencyHistogram): void {
    for (const [i, calls] of other.counts.entries()) if (calls !== 0) this.addTo(other.first + i, calls);
    this.addText(other.waiting);
  }

  /** @param shares 0.95 for p95, from small to large. `null` where nothing was counted. */
  percentiles<Shares extends readonly number[]>(...shares: Shares): { [Share in keyof Shares]: number | null } {
    if (this.counts.length > 0) this.count();
    if (this.waiting === '') return percentilesOf(this.counts, 0, this.counts.length, this.first, shares);
    let [first, end] = [MOST_BUCKETS, 0];
    const add = (bucket: number, calls: number): void => {
      scratch[bucket]! += calls;
      if (bucket < first) first = bucket;
      if (bucket >= end) end = bucket + 1;
    };
    eachBucket(this.waiting, add);
    const found = percentilesOf(scratch, first, end, 0, shares);
    scratch.fill(0, first, end);
    return found;
  }

  /** Puts what is waiting into the counts. */
  private count(): void {
    const texts = this.waiting;
    this.waiting = '';
    eachBucket(texts, (bucket, calls) => this.addTo(bucket, calls));
  }

  private addTo(bucket: number, calls: number): void {
    if (bucket < this.first || bucket >= this.first + this.counts.length) this.makeRoomFor(bucket);
    this.counts[bucket - this.first]! += calls;
  }

  private makeRoomFor(bucket: number): void {
    if (this.counts.length === 0) this.first = Math.max(0, bucket - PER_OCTAVE);
    const before = this.first - bucket;
    if (before > 0) {
      this.counts = [...zeros(before), ...this.counts];
      this.first = bucket;
    }
    const after = bucket - this.first + 1 - this.counts.length;
    if (after > 0) this.counts.push(...zeros(after + PER_OCTAVE));
  }
}

const zeros = (length: number): number[] => Array<number>(length).fill(0);

/** Where texts are added up that nothing else is added to: always empty again. */
const scratch = zeros(MOST_BUCKETS);

/** Of the counts from `from` to `end`, the first of which belongs to the bucket `first + from`. */
function percentilesOf<Shares extends readonly number[]>(
  counts: readonly number[],
  from: number,
  end: number,
  first: number,
  shares: Shares,
): { [Share in keyof Shares]: number | null } {
  let total = 0;
  for (let i = from; i < end; i++) total += counts[i]!;
  let [next, passed] = [from, 0];
  return shares.map((share) => {
    const wanted = Math.max(1, Math.ceil(share * total));
    while (passed < wanted && next < end) passed += counts[next++]!;
    return passed >= wanted ? middleOf(first + next - 1) : null;
  }) as { [Share in keyof Shares]: number | null };
}

function eachBucket(texts: string, visit: Visit): void {
  if (texts === '') return;
  for (const text of texts.split(' ')) {
    if (isOfBefore(text)) {
      const [bucket, calls] = text.split(':').map(Number) as [number, number];
      visit(bucket, calls);
      continue;
    }
    const numbers = new CompactReader(text);
    for (let bucket = 0; numbers.hasMore;) {
      const number = numbers.number();
      const isOne = number % 2 === 0;
      bucket += isOne ? number / 2 : (number - 1) / 2;
      visit(bucket, isOne ? 1 : numbers.integer());
    }
  }
}

/** `312:1 340:2`, as it was written before it was made compact. */
const isOfBefore = (text: string): boolean => text.includes(':');

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
