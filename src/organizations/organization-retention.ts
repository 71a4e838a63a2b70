import type { DataSource } from 'typeorm';

import type { RetentionTerms } from '../audit';
import { Organization } from './organization.entity';

/** How long calls are kept: what each organization says, and for the others what the installation does. */
export const retentionTerms = (database: DataSource, standard: RetentionTerms['standard']): RetentionTerms => ({
  standard,
  async ofOrganizations() {
    const organizations = await database.manager.find(Organization, {
      select: { id: true, callLogRetentionDays: true, usageRetentionDays: true },
    });
    return new Map(
      organizations.map(({ id, callLogRetentionDays: calls, usageRetentionDays: usage }) => [
        id,
        { ...(calls === null ? {} : { calls }), ...(usage === null ? {} : { usage }) },
      ]),
    );
  },
});
