import { Injectable } from '@nestjs/common';
import { AuditReader, type AuditEventView, type Caller } from 'keystile';

const MOST_LISTED = 100;
const WATCHED = ['api_key.new_network', 'api_key.refusal_burst', 'api_key.exposed_in_url'];

/** “Secured with additional monitoring”: what the audit trail tells of the keys of an account, newest first. */
@Injectable()
export class SecurityEvents {
  constructor(private readonly audit: AuditReader) {}

  async newest(caller: Caller): Promise<object[]> {
    const found = await Promise.all(WATCHED.map((action) => this.newestOf(caller, action)));
    return found
      .flat()
      .toSorted((a, b) => b.sequence - a.sequence)
      .slice(0, MOST_LISTED)
      .map(({ id, action, target, after, at }) => ({ id, type: action, key_id: target.id, details: after ?? {}, at }));
  }

  private async newestOf({ principal, actor }: Caller, action: string): Promise<AuditEventView[]> {
    const found: AuditEventView[] = [];
    for (let cursor: string | null = ''; cursor !== null && found.length < MOST_LISTED;) {
      const page: Awaited<ReturnType<AuditReader['list']>> = await this.audit.list(principal, actor, {
        action,
        limit: MOST_LISTED,
        ...(cursor ? { cursor } : {}),
      });
      found.push(...page.data);
      cursor = page.nextCursor;
    }
    return found;
  }
}
