import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const MOST_LISTED = 100;
const WATCHED = ['api_key.new_network', 'api_key.refusal_burst', 'api_key.exposed_in_url'];

interface EventRow {
  readonly id: string;
  readonly action: string;
  readonly target_id: string;
  readonly after_state: string | null;
  readonly at: Date | string;
}

/** “Secured with additional monitoring”: what the audit trail tells of the keys of an account, newest first. */
@Injectable()
export class SecurityEvents {
  constructor(private readonly database: DataSource) {}

  async newest(accountId: string): Promise<object[]> {
    const rows: EventRow[] = await this.database.query(
      `SELECT id, action, target_id, after_state, at FROM keystile_audit_events
       WHERE organization_id = ? AND action IN (?, ?, ?) ORDER BY sequence DESC LIMIT ${MOST_LISTED}`,
      [accountId, ...WATCHED],
    );
    return rows.map(({ id, action, target_id, after_state, at }) => ({
      id,
      type: action,
      key_id: target_id,
      details: after_state === null ? {} : (JSON.parse(after_state) as object),
      at,
    }));
  }
}
