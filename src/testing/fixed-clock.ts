import type { Clock } from '../common';

/** A clock that stands still until a test moves it. */
export class FixedClock implements Clock {
  private time: number;

  constructor(start: Date = new Date('2026-01-15T10:00:00.000Z')) {
    this.time = start.getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  /** Also backwards. */
  move({
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
    milliseconds = 0,
  }: Partial<Record<'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number>>): void {
    this.time += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
  }
}
