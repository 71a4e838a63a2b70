import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { ApiKeyCredential } from './api-key.entity';
import { Digests } from './digest';
import type { KnownCredential } from './known-key';

/** By then every replica has been started anew, and knows the pepper that this one uses for new digests. */
const SETTLED_MS = 3_600_000;

/**
 * Moves secrets from a former pepper to the one of now, each when it is used: only then is it known here. Begins an hour after the start, so
 * that no replica of a rolling restart is asked for secrets that it cannot recognize yet.
 */
@Injectable()
export class DigestRenewal {
  private readonly logger = new Logger('Keys');
  private readonly startedAtMs: number;
  private readonly renewed = new WeakSet<KnownCredential>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly digests: Digests,
  ) {
    this.startedAtMs = clock.now().getTime();
  }

  /** At each use of a secret. Nobody waits for it, and once is enough: it is found as it is, too. */
  use(credential: KnownCredential, token: string): void {
    if (!this.digests.isOutdated(credential.pepperId) || credential.state === 'retired' || this.renewed.has(credential)) return;
    if (this.clock.now().getTime() - this.startedAtMs < SETTLED_MS) return;
    this.renewed.add(credential);
    void this.renew(credential, token);
  }

  private async renew({ id, pepperId }: KnownCredential, token: string): Promise<void> {
    try {
      await this.database.getRepository(ApiKeyCredential).update({ id, pepperId: pepperId! }, this.digests.make(token));
    } catch (error) {
      this.logger.warn(`The digest of a secret could not be moved to the newest pepper: ${String(error)}`);
    }
  }
}
