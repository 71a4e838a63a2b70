import type { CallTerms } from './call-terms';
import type { Group, Grouping } from './usage-counts';

/** How people call groups: keys by their id, routes by their pattern. `null` for calls without. */
export async function namesOf(
  terms: CallTerms,
  groups: Iterable<Group>,
  groupBy: Grouping | undefined,
): Promise<(group: Group) => string | null> {
  if (groupBy !== 'key' && groupBy !== 'route') return (group) => group?.toString() ?? null;
  const texts = await terms.read(groups as Iterable<number | null>);
  return (group) => texts.get(group as number) ?? null;
}
