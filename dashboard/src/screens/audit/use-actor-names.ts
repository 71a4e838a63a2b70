import { type AuditEvent, useKeyNames, useOwners } from '../../api';

const ACTORS: Readonly<Record<AuditEvent['actor']['type'], string>> = {
  user: 'Somebody',
  api_key: 'A key',
  system: 'Keystile itself',
  anonymous: 'Nobody known',
};

/** Who and what an event is about, by name as far as this person may know. */
export function useActorNames(events: readonly AuditEvent[]): {
  readonly actorOf: (event: AuditEvent) => string;
  readonly targetOf: (event: AuditEvent) => string;
} {
  const owners = useOwners();
  const keyName = useKeyNames(events.flatMap(({ actor, target }) => [actor.id ?? '', target.id ?? '']));
  const nameOf = (id: string): string => keyName(id) ?? owners.nameOf(id);
  return {
    actorOf: ({ actor: { type, id } }) => (id === null ? ACTORS[type] : nameOf(id)),
    targetOf: ({ target: { type, id }, before, after }) => {
      const name = after?.['name'] ?? before?.['name'] ?? after?.['email'];
      if (typeof name === 'string') return name;
      return id === null ? type : nameOf(id);
    },
  };
}
