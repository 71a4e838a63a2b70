export const QUARTER_MS = 15 * 60_000;

/** What usage is counted together by. Larger spans of UTC are kept besides quarters of an hour, so that months are read in a moment. */
export interface Span {
  readonly quarters: number;
  /** The table that holds its sheets. */
  readonly sheets: string;
}

/** A span that single keys have lines of. */
export interface LineSpan extends Span {
  /** Of the tables that hold them. */
  readonly suffix: '' | '_hours' | '_days';
}

export const QUARTER: LineSpan = { quarters: 1, sheets: 'keystile_usage_quarters', suffix: '' };
export const HOUR: LineSpan = { quarters: 4, sheets: 'keystile_usage_hours', suffix: '_hours' };
/** What most of a day is made of that does not begin with that of UTC. */
export const SIX_HOURS: Span = { quarters: 24, sheets: 'keystile_usage_six_hours' };
export const DAY: LineSpan = { quarters: 96, sheets: 'keystile_usage_days', suffix: '_days' };

/** The largest first. */
export const LINE_SPANS = [DAY, HOUR, QUARTER] as const;
export const SHEET_SPANS = [DAY, SIX_HOURS, HOUR, QUARTER] as const;

/** Up to which quarter hours, and days with their quarters, hold everything that was counted. */
export interface Settled {
  readonly hours: number;
  readonly days: number;
}

/** Quarters that are read from the same tables. */
export interface Segment<S extends Span = Span> {
  readonly span: S;
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
 * Cuts whole quarters into as few pieces as there can be: larger ones where they are settled and lie in one bucket, quarters elsewhere.
 * @param spans the largest first, the last of them quarters
 * @param bucketOf what the calls of a quarter are counted in
 */
export function segmentsOf<S extends Span>(
  spans: readonly S[],
  first: number,
  end: number,
  settled: Settled,
  bucketOf: (quarter: number) => unknown,
): Array<Segment<S>> {
  const segments: Array<Segment<S>> = [];
  for (let quarter = first; quarter < end;) {
    const span = spans.find(({ quarters }) => {
      const next = quarter + quarters;
      const isSettled = next <= (quarters > HOUR.quarters ? settled.days : settled.hours);
      return quarters === 1 || (quarter % quarters === 0 && isSettled && next <= end && bucketOf(quarter) === bucketOf(next - 1));
    })!;
    const next = quarter + span.quarters;
    const last = segments.at(-1);
    if (last?.span === span) segments[segments.length - 1] = { ...last, end: next };
    else segments.push({ span, first: quarter, end: next });
    quarter = next;
  }
  return segments;
}
