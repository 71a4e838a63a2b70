export const QUARTER_MS = 15 * 60_000;

/** What usage is counted together by. Whole hours and days of UTC are kept besides quarters of an hour, so that months are read in a moment. */
export interface Span {
  readonly quarters: number;
  /** Of the tables that hold it. */
  readonly suffix: '' | '_hours' | '_days';
}

export const QUARTER: Span = { quarters: 1, suffix: '' };
export const HOUR: Span = { quarters: 4, suffix: '_hours' };
export const DAY: Span = { quarters: 96, suffix: '_days' };
export const SPANS = [DAY, HOUR, QUARTER] as const;

/** Up to which quarter hours and days hold everything that was counted. */
export interface Settled {
  readonly hours: number;
  readonly days: number;
}

/** Quarters that are read from the same tables. */
export interface Segment {
  readonly span: Span;
  readonly first: number;
  readonly end: number;
}

export const quarterOf = (time: number): number => Math.floor(time / QUARTER_MS);

/** The first quarter of the hour or day that holds this one. */
export const beginOf = ({ quarters }: Span, quarter: number): number => Math.floor(quarter / quarters) * quarters;

/** Where the quarters, hours or days of a segment begin. */
export const beginsOf = ({ span, first, end }: Segment): number[] =>
  Array.from({ length: (end - first) / span.quarters }, (_, i) => first + i * span.quarters);

/**
 * Cuts whole quarters into as few pieces as there can be: days and hours where they are settled and lie in one bucket, quarters elsewhere.
 * @param bucketOf what the calls of a quarter are counted in
 */
export function segmentsOf(first: number, end: number, settled: Settled, bucketOf: (quarter: number) => unknown): Segment[] {
  const segments: Segment[] = [];
  const isWhole = (span: Span, until: number, quarter: number): boolean => {
    const next = quarter + span.quarters;
    return quarter % span.quarters === 0 && next <= until && next <= end && bucketOf(quarter) === bucketOf(next - 1);
  };
  for (let quarter = first; quarter < end;) {
    const span = isWhole(DAY, settled.days, quarter) ? DAY : isWhole(HOUR, settled.hours, quarter) ? HOUR : QUARTER;
    const next = quarter + span.quarters;
    const last = segments.at(-1);
    if (last?.span === span) segments[segments.length - 1] = { ...last, end: next };
    else segments.push({ span, first: quarter, end: next });
    quarter = next;
  }
  return segments;
}
