import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type Clock, CLOCK, newId } from '../common';
import { type ApiKey, ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';
import type { KeyFormat } from './key-format';
import { KEY_FORMAT } from './key-verifier';

/** What is kept of a secret. */
export type StoredSecret = Pick<ApiKeyCredential, 'digest' | 'algorithm' | 'pepperId' | 'lookupId' | 'prefix'>;

/** Draws secrets and stores their digests. */
@Injectable()
export class SecretIssuer {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_FORMAT) private readonly format: KeyFormat,
    private readonly digests: Digests,
  ) {}

  /** @returns the whole token, which goes into one answer and is kept nowhere, and its public beginning */
  async issue(manager: EntityManager, { id: keyId, environment }: ApiKey): Promise<{ readonly token: string; readonly prefix: string }> {
    const { token, lookupId, prefix } = this.format.draw(environment);
    await this.store(manager, keyId, { ...this.digests.make(token), lookupId, prefix });
    return { token, prefix };
  }

  /** Stores a secret that another system issued, as the digest that came of it. */
  async store(manager: EntityManager, keyId: string, secret: StoredSecret): Promise<void> {
    const createdAt = this.clock.now();
    const id = newId('crd', createdAt);
    await manager.insert(ApiKeyCredential, { id, keyId, ...secret, state: 'active', createdAt, retiresAt: null, lastUsedAt: null });
  }
}
