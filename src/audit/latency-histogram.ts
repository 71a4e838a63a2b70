/** Buckets per doubling: a percentile is right within 1.6 %. */
const PER_OCTAVE = 32;
/** Below this every microsecond has a bucket of its own. */
const EXACT = 32;

const [SPACE, MINUS, ZERO, COLON] = [0x20, 0x2d, 0x30, 0x3a];

/** How many calls took how long, in buckets that two of them have in common: histograms of parts add up to that of the whole. */
export class LatencyHistogram {
  /** Calls in each bucket from `first` on. An array: adding up a month of histograms is most of the work of a report. */
  private counts: number[] = [];
  private first = 0;
  private total = 0;

  /** Adds what `toText` wrote. */
  addText(text: string): void {
    let [bucket, number, sign] = [0, 0, 1];
    // Character by character: of a month's usage this is most of the work, and splitting takes four times as long.
    for (let i = 0; i < text.length; i++) {
      const character = text.charCodeAt(i);
      if (character === COLON) [bucket, number] = [number, 0];
      else if (character === MINUS) sign = -1;
      else if (character !== SPACE) number = number * 10 + character - ZERO;
      if (character === SPACE || i === text.length - 1) {
        this.addTo(bucket, sign * number);
        [number, sign] = [0, 1];
      }
    }
  }

  toText(): string {
    const parts: string[] = [];
    for (const [i, calls] of this.counts.entries()) if (calls !== 0) parts.push(`${this.first + i}:${calls}`);
    return parts.join(' ');
  }

  /** @param calls below zero takes back what was added before */
  add(microseconds: number, calls = 1): void {
    this.addTo(bucketOf(microseconds), calls);
  }

  merge(other: LatencyHistogram): void {
    for (const [i, calls] of other.counts.entries()) if (calls !== 0) this.addTo(other.first + i, calls);
  }

  /** @param shares 0.95 for p95, from small to large. `null` where nothing was counted. */
  percentiles<Shares extends readonly number[]>(...shares: Shares): { [Share in keyof Shares]: number | null } {
    let [next, passed] = [0, 0];
    return shares.map((share) => {
      const wanted = Math.max(1, Math.ceil(share * this.total));
      while (passed < wanted && next < this.counts.length) passed += this.counts[next++]!;
      return passed >= wanted ? middleOf(this.first + next - 1) : null;
    }) as { [Share in keyof Shares]: number | null };
  }

  private addTo(bucket: number, calls: number): void {
    if (bucket < this.first || bucket >= this.first + this.counts.length) this.makeRoomFor(bucket);
    this.counts[bucket - this.first]! += calls;
    this.total += calls;
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
