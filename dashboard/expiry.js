/** The choice of a key's end, the same where keys are made and where they are rotated. */
import { element, part } from './dom.js';
import { formatDay, inDays } from './time.js';

const PRESETS = [
  [90, '90 days'],
  [30, '30 days'],
  [365, 'a year'],
];

/** @param {{ keep?: string | null }} [options] the present end of a key, where it may stay as it is; `null` for none */
export function offerExpiry(form, { keep } = {}) {
  const { expires, lastDay } = form.elements;
  const offer = (value, text) => expires.append(element('option', text, { value }));
  const offerKeep = () => offer('keep', keep === null ? 'never, as before' : `on ${formatDay(new Date(keep))}, as before`);
  // The first one is the default: nothing that lasts longer is cut short by not looking.
  const isKeepFirst = keep === null || (keep !== undefined && new Date(keep) > inDays(PRESETS[0][0]));
  if (isKeepFirst) offerKeep();
  for (const [count, text] of PRESETS) offer(String(count), `in ${text}, on ${formatDay(inDays(count))}`);
  if (keep !== undefined && !isKeepFirst) offerKeep();
  if (keep !== null) offer('never', 'never');
  offer('day', 'after a day that you choose');
  expires.dataset.pointer = 'expiresAt';
  expires.addEventListener('change', () => {
    const isDay = expires.value === 'day';
    part(form, 'date').hidden = !isDay;
    lastDay.required = isDay;
    lastDay.min = inDays(0).toISOString().slice(0, 10);
    if (isDay) lastDay.focus();
  });
}

/** @returns a time for `expiresAt`; `null` for never; `undefined` to leave it as it is */
export function chosenExpiry(data) {
  const choice = data.get('expires');
  if (choice === 'keep') return undefined;
  if (choice === 'never') return null;
  if (choice === 'day') return new Date(`${data.get('lastDay')}T23:59:59`).toISOString();
  return inDays(Number(choice)).toISOString();
}
