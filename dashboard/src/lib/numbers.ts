const whole = new Intl.NumberFormat('en-GB');
const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 2 });

/** `12,345`. */
export const formatCount = (count: number): string => (Number.isInteger(count) ? whole.format(count) : compact.format(count));

/** `1.2M`, where there is little room. */
export const formatCompact = (count: number): string => (count < 10_000 ? formatCount(count) : compact.format(count));

export const formatShare = (part: number, of: number): string => (of === 0 ? '–' : percent.format(part / of));

/** `0.84 ms`, `12 ms`, `1.2 s`. */
export function formatLatency(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(milliseconds >= 10_000 ? 0 : 1)} s`;
  if (milliseconds >= 10 || milliseconds === 0) return `${Math.round(milliseconds)} ms`;
  return `${milliseconds.toFixed(milliseconds < 1 ? 2 : 1)} ms`;
}

/** `512 B`, `31 kB`. */
export const formatBytes = (bytes: number): string => (bytes < 1_000 ? `${bytes} B` : `${compact.format(bytes / 1_000)} kB`);
