import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource } from 'typeorm';

import type { StoredCall } from '../audit';
import { ApiKey, ApiKeyCredential } from './api-key.entity';

interface Use {
  readonly at: Date;
  readonly ip: string;
}

/** Short prefixes repeat from key to key. */
interface CredentialName {
  readonly keyId: string;
  readonly prefix: string;
}

/**
 * Keeps when a key was last used. It moves with every call whose secret matched, refused ones too, and with every verification, then
 * from the address of whoever asked; not with those over the limit (`decisions.md` 14 and 29). Fed by the call log as it is stored, so a
 * call costs no write.
 */
@Injectable()
export class LastUse {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async callsStored(calls: readonly StoredCall[]): Promise<void> {
    const keys = new Map<string, Use>();
    const credentials = new Map<string, Use & CredentialName>();
    for (const call of calls) {
      const caller = call.principal ?? call.suspect;
      const use = { at: call.at, ip: call.ip };
      // Of a verification, the code tells of the key that was asked about.
      const isOverLimit = call.code === 'rate_limited';
      if (caller?.type === 'api_key' && (call.subjectKeyId !== null || !isOverLimit)) {
        keep(keys, caller.id, use);
        const { id: keyId, credentialPrefix: prefix } = caller;
        if (prefix !== null) keep(credentials, `${keyId} ${prefix}`, { ...use, keyId, prefix });
      }
      if (call.subjectKeyId !== null && !isOverLimit) keep(keys, call.subjectKeyId, use);
    }
    for (const [id, use] of keys) await this.touchKey(id, use);
    for (const use of credentials.values()) await this.touchCredential(use);
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

  private async touchCredential({ keyId, prefix, at }: Use & CredentialName): Promise<void> {
    await this.database
      .createQueryBuilder()
      .update(ApiKeyCredential)
      .set({ lastUsedAt: at })
      .where({ keyId, prefix })
      .andWhere(new Brackets((earlier) => earlier.where('last_used_at IS NULL').orWhere('last_used_at <= :at', { at })))
      .execute();
  }
}

/** The latest use of each; of two in one millisecond, the later one in the log. */
function keep<T extends Use>(uses: Map<string, T>, name: string, use: T): void {
  const known = uses.get(name);
  if (!known || known.at <= use.at) uses.set(name, use);
}
