/** Charts over time. Only screens that draw import them: the rest of the page does without. */
export type { ChartBucket, ChartSeries } from './chart-frame';
export { TimeBars } from './time-bars';
export { TimeLines } from './time-lines';
