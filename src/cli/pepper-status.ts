import type { PepperStanding } from '../keys';
import type { Output } from './output';

/** Prints how many secrets need which pepper, and what may be done next. @returns whether every pepper that is needed is set */
export function printPepperStatus(peppers: readonly PepperStanding[], { out }: Output): boolean {
  for (const { id, role, live, usedLately, lastUsedAt } of peppers) {
    const use = lastUsedAt
      ? `${usedLately} of them used within 30 days, the last one at ${lastUsedAt.toISOString()}`
      : 'none of them used yet';
    out(`${id} (${ROLES[role]}): ${live === 1 ? '1 live secret' : `${live} live secrets`}${live === 0 ? '' : `, ${use}`}`);
  }
  for (const { id, role, live } of peppers) {
    if (role === 'known') out(live === 0 ? `Nothing needs ${id} any more: it can be taken out of KEY_PEPPERS.` : WAIT.replace('{id}', id));
    if (role === 'missing' && live > 0) out(`Secrets made with ${id} are refused until it is in KEY_PEPPERS again.`);
  }
  return !peppers.some(({ role, live }) => role === 'missing' && live > 0);
}

const ROLES = { newest: 'makes new digests', known: 'recognized', missing: 'NOT SET' } as const;

const WAIT = 'Secrets made with {id} move to the newest pepper when they are used. Keep it until none is left.';
