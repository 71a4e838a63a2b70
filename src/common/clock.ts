/** Where the time comes from. Tests move it; nothing else in the product calls `new Date()` for a decision. */
export interface Clock {
  now(): Date;
}

export const CLOCK = Symbol('keystile:clock');

export const systemClock: Clock = { now: () => new Date() };
