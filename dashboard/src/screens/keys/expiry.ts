import { formatDay, inDays } from '../../lib/time';

/** How long, from today: 90 days first. */
const PRESETS: ReadonlyArray<readonly [string, string]> = [
  ['90', '90 days'],
  ['30', '30 days'],
  ['7', '7 days'],
  ['365', 'a year'],
];

export interface ExpiryChoice {
  readonly value: string;
  readonly label: string;
}

/** @param keep the present end of a key, where it may stay as it is: `null` for none */
export function expiryChoices({ keep }: { readonly keep?: string | null } = {}): readonly ExpiryChoice[] {
  const presets = PRESETS.map(([days, words]) => ({ value: days, label: `in ${words}, on ${formatDay(inDays(Number(days)))}` }));
  const kept =
    keep === undefined ? [] : [{ value: 'keep', label: keep === null ? 'never, as before' : `on ${formatDay(new Date(keep))}, as before` }];
  const never = keep === null ? [] : [{ value: 'never', label: 'never' }];
  return [...kept, ...presets, ...never, { value: 'day', label: 'after a day that you choose' }];
}

/** @returns a time for `expiresAt`, `null` for never, `undefined` to leave it as it is */
export function expiryOf(choice: string, lastDay: string): string | null | undefined {
  if (choice === 'keep') return undefined;
  if (choice === 'never') return null;
  if (choice === 'day') return new Date(`${lastDay}T23:59:59`).toISOString();
  return inDays(Number(choice)).toISOString();
}

/** Tomorrow, as `<input type="date">` wants it. */
export const earliestDay = (): string => inDays(1).toISOString().slice(0, 10);
