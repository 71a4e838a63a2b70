import type { Owner } from '../common';
import { builtInRole } from './built-in-roles';
import { limitOf } from './organization-limits';
import type { OwnerStanding, StandingJoin } from './owner-directory';

/** A row of the join, as every driver gives it. */
interface StandingRow {
  readonly standing_organization: 'active' | 'suspended' | null;
  readonly standing_limit: number | null;
  readonly standing_window: number | null;
  readonly standing_user: string | null;
  readonly standing_account: string | null;
  readonly standing_role: string | null;
  readonly standing_scopes: string | null;
}

/** The standing of owners by the service's own tables: each by its primary key. */
export const storedStanding: StandingJoin = {
  columns: `standing_o.status AS standing_organization, standing_o.rate_limit AS standing_limit,
    standing_o.rate_limit_window_seconds AS standing_window, standing_u.id AS standing_user, standing_a.id AS standing_account,
    COALESCE(standing_m.role, standing_a.role) AS standing_role, standing_r.scopes AS standing_scopes`,
  joins: (key) => `
    LEFT JOIN keystile_organizations standing_o ON standing_o.id = ${key}.organization_id AND standing_o.deleted_at IS NULL
    LEFT JOIN keystile_memberships standing_m
      ON ${key}.owner_type = 'user' AND standing_m.organization_id = ${key}.organization_id AND standing_m.user_id = ${key}.owner_id
    LEFT JOIN keystile_users standing_u ON standing_u.id = standing_m.user_id AND standing_u.deleted_at IS NULL
    LEFT JOIN keystile_service_accounts standing_a
      ON ${key}.owner_type = 'service_account' AND standing_a.id = ${key}.owner_id AND standing_a.organization_id = ${key}.organization_id
      AND standing_a.deleted_at IS NULL AND standing_a.disabled_at IS NULL
    LEFT JOIN keystile_roles standing_r
      ON standing_r.id = COALESCE(standing_m.role, standing_a.role) AND standing_r.organization_id = ${key}.organization_id
      AND standing_r.deleted_at IS NULL`,
  read: (row, organizationId, owner) => {
    const { standing_organization: status, standing_limit: limit, standing_window: windowSeconds } = row as StandingRow;
    const organizationLimit = limitOf(limit, windowSeconds);
    return { organizationStatus: status ?? 'deleted', organizationLimit, ...share(row as StandingRow, organizationId, owner) };
  },
};

function share(row: StandingRow, organizationId: string, { type, id }: Owner): Pick<OwnerStanding, 'isActive' | 'scopes' | 'userId'> {
  // The key stays this person's in the log, also when they are gone.
  const userId = type === 'user' ? id : null;
  if (type === 'organization') return { isActive: id === organizationId, scopes: id === organizationId ? ['*'] : [], userId };
  const isActive = (type === 'user' ? row.standing_user : row.standing_account) !== null;
  return { isActive, scopes: isActive ? scopesOf(row) : [], userId };
}

function scopesOf({ standing_role: role, standing_scopes: scopes }: StandingRow): readonly string[] {
  const builtIn = role === null ? undefined : builtInRole(role);
  return builtIn?.scopes ?? (scopes === null ? [] : (JSON.parse(scopes) as string[]));
}
