import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { conflict, type Principal } from '../common';
import type { IdempotentReplayCheck, RepeatedRequest } from '../http';
import { ApiKey } from './api-key.entity';

const KEY_LOCATION = /^\/v1\/api-keys\/(key_[0-9a-z]{26})$/;

/** A repeated create or rotate tells the secret again, unless the key has been revoked since (`decisions.md` 13). */
@Injectable()
export class RevokedKeysAreNotRepeated implements IdempotentReplayCheck {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async requireReplayable({ organizationId }: Principal, { location = '' }: RepeatedRequest): Promise<void> {
    const [, id] = KEY_LOCATION.exec(location) ?? [];
    if (!id) return;
    const key = await this.database.getRepository(ApiKey).findOneBy({ id, organizationId });
    if (!key || key.revokedAt !== null) throw conflict('The API key has been revoked');
  }
}
