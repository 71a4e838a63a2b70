import { Injectable, type StreamableFile } from '@nestjs/common';

import { Problem } from '../common';
import { INSTALLATION } from './audit-trail';

/** How many files of one kind and organization one replica makes at once. */
const MOST_OF_ONE = 2;
/** And of one kind for all organizations: each keeps reading from the database for as long as its reader takes. */
const MOST = 8;
const TRY_AGAIN_SECONDS = 10;

/** Files of calls keep nobody from taking out the evidence, and the other way round: who may make one need not be allowed the other. */
export type ExportKind = 'audit_event' | 'call_log';

/** Lets few exports run at once, so that who exports without end holds up only themselves. */
@Injectable()
export class ExportTurns {
  private readonly running = new Map<string, number>();

  /**
   * Makes a file whose turn lasts until it is read, or nobody reads it any more.
   * @throws Problem `rate_limited`; whatever `make` throws
   */
  async take(kind: ExportKind, organizationId: string | null, make: () => Promise<StreamableFile>): Promise<StreamableFile> {
    const owner = `${kind} ${organizationId ?? INSTALLATION}`;
    const ofOne = this.running.get(owner) ?? 0;
    const ofAll = [...this.running].reduce((sum, [name, count]) => (name.startsWith(kind) ? sum + count : sum), 0);
    if (ofOne >= MOST_OF_ONE || ofAll >= MOST) {
      throw new Problem('rate_limited', { retryAfterSeconds: TRY_AGAIN_SECONDS });
    }
    this.running.set(owner, ofOne + 1);
    try {
      const file = await make();
      file.getStream().once('close', () => this.leave(owner));
      return file;
    } catch (error) {
      this.leave(owner);
      throw error;
    }
  }

  private leave(owner: string): void {
    const left = this.running.get(owner)! - 1;
    if (left === 0) this.running.delete(owner);
    else this.running.set(owner, left);
  }
}
