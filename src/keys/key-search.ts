import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { notFound, type Principal } from '../common';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { KeyReader } from './key-reader';
import type { FoundKeyView } from './key-search.dto';
import { KeyVerifier } from './key-verifier';

/** Finds the key that a pasted text is of, revoked or not: whose was it, and what did it do. */
@Injectable()
export class KeySearch {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly verifier: KeyVerifier,
    private readonly reader: KeyReader,
  ) {}

  /** @throws Problem `not_found`, also for a key of another organization */
  async find({ organizationId }: Principal, pasted: string): Promise<FoundKeyView> {
    const text = pasted.trim();
    const bySecret = await this.verifier.find(text);
    if (bySecret?.key.organizationId === organizationId) {
      const { id } = bySecret.key;
      return { ...(await this.reader.get(organizationId, id)), matchedBy: 'secret', matchedPrefix: bySecret.credential.prefix };
    }
    const byPrefix = await this.byPrefix(organizationId, text);
    if (!byPrefix) throw notFound();
    return { ...(await this.reader.get(organizationId, byPrefix.keyId)), matchedBy: 'prefix', matchedPrefix: byPrefix.prefix };
  }

  /** What lists show, with or without the dots that stand for the rest. */
  private async byPrefix(organizationId: string, text: string): Promise<ApiKeyCredential | null> {
    const prefix = text.replace(/[•.*…]+$/u, '');
    if (!/^[\x21-\x7e]{4,40}$/.test(prefix)) return null;
    const lookupId = prefix.slice(prefix.lastIndexOf('_') + 1);
    return this.database
      .getRepository(ApiKeyCredential)
      .createQueryBuilder('credential')
      .innerJoin(ApiKey, 'api_key', 'api_key.id = credential.keyId AND api_key.organizationId = :organizationId', { organizationId })
      .where('credential.lookupId = :lookupId AND credential.prefix = :prefix', { lookupId, prefix })
      .getOne();
  }
}
