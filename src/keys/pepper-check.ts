import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { KEY_REALM } from '../common';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';

/** Tells an operator at the start, rather than their users later, that keys cannot be verified because their pepper is not set. */
@Injectable()
export class PepperCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger('Keys');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly digests: Digests,
    @Inject(KEY_REALM) private readonly realm: string,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const found = await this.database
      .getRepository(ApiKeyCredential)
      .createQueryBuilder('credential')
      .select('credential.pepperId', 'pepperId')
      .addSelect('COUNT(*)', 'secrets')
      .innerJoin(ApiKey, 'api_key', 'api_key.id = credential.keyId AND api_key.realm = :realm', { realm: this.realm })
      .where("credential.pepperId IS NOT NULL AND credential.state <> 'retired'")
      .groupBy('credential.pepperId')
      .getRawMany<{ pepperId: string; secrets: string | number }>();
    for (const { pepperId, secrets } of found) {
      if (this.digests.knows(pepperId)) continue;
      this.logger.error(
        `${secrets} secrets of API keys were made with the pepper "${pepperId}", which is not in KEY_PEPPERS: these keys will be refused`,
      );
    }
  }
}
