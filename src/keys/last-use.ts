import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource } from 'typeorm';

import type { FinishedCall } from '../audit';
import { ApiKey, ApiKeyCredential } from './api-key.entity';

interface Use {
  readonly at: Date;
  readonly ip: string;
}

/**
 * Keeps when a key was last used. It moves with every call whose secret matched, refused ones too, and with every verification;
 * not with calls over the limit (`decisions.md` 14 and 29). Fed by the call log as it is stored, so a call costs no write.
 */
@Injectable()
export class LastUse {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async callsStored(calls: readonly FinishedCall[]): Promise<void> {
    const keys = new Map<string, Use>();
    const credentials = new Map<string, Use>();
    for (const call of calls) {
      const caller = call.principal ?? call.suspect;
      const use = { at: call.at, ip: call.ip };
      if (caller?.type === 'api_key' && call.code !== 'rate_limited') {
        keep(keys, caller.id, use);
        if (caller.credentialPrefix !== null) keep(credentials, caller.credentialPrefix, use);
      }
      if (call.subjectKeyId !== null) keep(keys, call.subjectKeyId, use);
    }
    for (const [id, use] of keys) await this.touchKey(id, use);
    for (const [prefix, use] of credentials) await this.touchCredential(prefix, use);
  }

  private async touchKey(id: string, { at, ip }: Use): Promise<void> {
    await this.database
      .createQueryBuilder()
      .update(ApiKey)
      .set({ lastUsedAt: at, lastUsedIp: ip })
      .where({ id })
      .andWhere(new Brackets((earlier) => earlier.where('last_used_at IS NULL').orWhere('last_used_at <= :at', { at })))
      .execute();
  }

  private async touchCredential(prefix: string, { at }: Use): Promise<void> {
    const { lookupId } = splitPrefix(prefix);
    await this.database
      .createQueryBuilder()
      .update(ApiKeyCredential)
      .set({ lastUsedAt: at })
      .where({ lookupId, prefix })
      .andWhere(new Brackets((earlier) => earlier.where('last_used_at IS NULL').orWhere('last_used_at <= :at', { at })))
      .execute();
  }
}

/** The look-up id is what the index is on. */
const splitPrefix = (prefix: string): { lookupId: string } => ({ lookupId: prefix.slice(prefix.lastIndexOf('_') + 1) });

/** The latest use of each; of two in one millisecond, the later one in the log. */
function keep(uses: Map<string, Use>, name: string, use: Use): void {
  const known = uses.get(name);
  if (!known || known.at <= use.at) uses.set(name, use);
}
