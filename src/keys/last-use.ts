import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Brackets, DataSource } from 'typeorm';

import type { StoredCall } from '../audit';
import { ApiKey, ApiKeyCredential } from './api-key.entity';

/** Locks are rarely held on more keys. */
const MOST_FAILURES = 3;

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
  /** What is still to be written, by key and by credential: what could not be is tried again with the next calls. */
  private readonly keys = new Map<string, Use>();
  private readonly credentials = new Map<string, Use & CredentialName>();

  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async callsStored(calls: readonly StoredCall[]): Promise<void> {
    const { keys, credentials } = this;
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
    const errors = [
      ...(await written(keys, (use, id) => this.touchKey(id, use))),
      ...(await written(credentials, (use) => this.touchCredential(use))),
    ];
    const [error] = errors;
    if (error) throw error;
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

/**
 * Each for itself: one row that somebody holds keeps no other from being written. Where the database takes none, it is not asked for all.
 * @returns why some were not
 */
async function written<T>(uses: Map<string, T>, write: (use: T, name: string) => Promise<void>): Promise<Error[]> {
  const errors: Error[] = [];
  const waiting = [...uses];
  for (const [name, use] of waiting) {
    try {
      await write(use, name);
      // What came for it meanwhile is written next time.
      if (uses.get(name) === use) uses.delete(name);
    } catch (error) {
      errors.push(error instanceof Error ? error : new Error(String(error)));
      // Behind the others, which are not to wait for it next time.
      uses.delete(name);
      uses.set(name, use);
      if (errors.length === MOST_FAILURES) break;
    }
  }
  return errors;
}

/** The latest use of each; of two in one millisecond, the later one in the log. */
function keep<T extends Use>(uses: Map<string, T>, name: string, use: T): void {
  const known = uses.get(name);
  if (!known || known.at <= use.at) uses.set(name, use);
}
