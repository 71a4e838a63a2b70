import type { Environment, Principal } from 'keystile';

/** Where the data of a call is: in the account of the key, live or among the fixtures of test keys. */
export interface Place {
  readonly accountId: string;
  readonly environment: Environment;
}

export const placeOf = ({ organizationId, environment }: Principal): Place => ({ accountId: organizationId, environment });

/** As the document writes times: `2025-01-15T10:30:00Z`. */
export const isoSeconds = (time: Date | null): string | null => time && time.toISOString().replace(/\.\d{3}Z$/, 'Z');
