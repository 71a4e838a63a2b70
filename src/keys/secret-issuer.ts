import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type Clock, CLOCK, newId } from '../common';
import { type ApiKey, ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';
import type { KeyFormat } from './key-format';
import { KEY_FORMAT } from './key-verifier';

/** Draws secrets and stores their digests. */
@Injectable()
export class SecretIssuer {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(KEY_FORMAT) private readonly format: KeyFormat,
    private readonly digests: Digests,
  ) {}

  /** @returns the whole token: it goes into one answer and is kept nowhere */
  async issue(manager: EntityManager, { id: keyId, environment }: ApiKey): Promise<string> {
    const { token, lookupId, prefix } = this.format.draw(environment);
    const createdAt = this.clock.now();
    await manager.insert(ApiKeyCredential, {
      id: newId('crd', createdAt),
      keyId,
      ...this.digests.make(token),
      lookupId,
      prefix,
      state: 'active',
      createdAt,
      retiresAt: null,
      lastUsedAt: null,
    });
    return token;
  }
}
