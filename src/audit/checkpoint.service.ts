import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, LessThan } from 'typeorm';

import { type Clock, CLOCK, conflict, type Page, PageCursors, type Principal } from '../common';
import { inTransaction, isDuplicate } from '../persistence';
import { AuditEvent, AuditHead } from './audit-event.entity';
import { type Actor, AuditTrail, INSTALLATION } from './audit-trail';
import { type PublicCheckpointKey, publicPart, signCheckpoint } from './checkpoint';
import type { CheckpointQueryDto, CheckpointView } from './checkpoint.dto';
import { AuditCheckpoint } from './checkpoint.entity';
import { CHECKPOINT_OPTIONS, type CheckpointOptions, DEFAULT_INTERVAL_SECONDS } from './checkpoint-options';
import type { RecordScope } from './record-query.dto';
import { organizationOf } from './record-range';

/** How many chains are signed in one go. */
const MOST_AT_ONCE = 200;

/** Signs the heads of audit chains. */
@Injectable()
export class Checkpoints {
  private readonly logger = new Logger('AuditCheckpoints');

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly cursors: PageCursors,
    private readonly trail: AuditTrail,
    @Inject(CHECKPOINT_OPTIONS) private readonly options: CheckpointOptions,
  ) {}

  get publicKeys(): readonly PublicCheckpointKey[] {
    return this.options.signingKeys.map(publicPart);
  }

  /**
   * Signs a chain as it is now, the event that says so included.
   * @throws Problem `conflict` where nothing can be signed with, or where the chain is no longer what was signed before
   */
  async sign(principal: Principal, actor: Actor, scope: RecordScope | undefined): Promise<CheckpointView> {
    const organizationId = organizationOf(principal, scope);
    if (this.options.signingKeys.length === 0) throw conflict('This installation has no keys to sign audit chains with');
    return inTransaction(this.database, async (manager) => {
      const target = { type: 'audit_event', id: null };
      await this.trail.record(manager, { organizationId, actor, action: 'audit_event.checkpointed', target });
      const signed = await this.signHead(manager, organizationId ?? INSTALLATION);
      if (!signed) throw conflict('The chain is no longer what was signed before: see GET /v1/audit-events/verify');
      return checkpointView(signed);
    });
  }

  async list(principal: Principal, { scope, limit, cursor }: CheckpointQueryDto): Promise<Page<CheckpointView>> {
    const organizationId = organizationOf(principal, scope) ?? INSTALLATION;
    const audience = `audit-checkpoints:${organizationId}`;
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(this.cursors.read(audience, cursor)[0]);
    const rows = await this.database.manager.find(AuditCheckpoint, {
      where: { organizationId, sequence: LessThan(before) },
      order: { sequence: 'DESC' },
      take: limit + 1,
    });
    return this.cursors.page(audience, rows, limit, ({ sequence }) => [sequence, ''], checkpointView);
  }

  /** Signs every chain that has grown since it was last signed, where that is long enough ago. @returns how many */
  async signDue(): Promise<number> {
    if (this.options.signingKeys.length === 0) return 0;
    let count = 0;
    for (const organizationId of await this.due()) {
      try {
        if (await inTransaction(this.database, (manager) => this.signHead(manager, organizationId))) count++;
      } catch (error) {
        // Another replica signed this very head.
        if (!isDuplicate(error)) throw error;
      }
    }
    return count;
  }

  private async due(): Promise<string[]> {
    const { intervalSeconds = DEFAULT_INTERVAL_SECONDS } = this.options;
    const since = new Date(this.clock.now().getTime() - intervalSeconds * 1_000);
    const query = this.database.manager.createQueryBuilder(AuditHead, 'head');
    const checkpoints = (condition: string): string =>
      query
        .subQuery()
        .select('1')
        .from(AuditCheckpoint, 'signed')
        .where(`signed.organizationId = head.organizationId AND signed.${condition}`)
        .getQuery();
    const heads = await query
      .where(`NOT EXISTS ${checkpoints('sequence = head.sequence')}`)
      .andWhere(`NOT EXISTS ${checkpoints('at > :since')}`, { since })
      .limit(MOST_AT_ONCE)
      .getMany();
    return heads.map(({ organizationId }) => organizationId);
  }

  /** @returns `null` where the chain no longer holds what was signed before: a new signature would cover it up */
  private async signHead(manager: EntityManager, organizationId: string): Promise<AuditCheckpoint | null> {
    const head = await manager.findOneByOrFail(AuditHead, { organizationId });
    const [last] = await manager.find(AuditCheckpoint, { where: { organizationId }, order: { sequence: 'DESC' }, take: 1 });
    if (!(await holds(manager, head)) || (last && !(await holds(manager, last)))) {
      this.logger.error(`The audit chain of ${organizationId} is not what was signed at event ${last?.sequence ?? head.sequence}`);
      return null;
    }
    const at = this.clock.now();
    const state = { organizationId, sequence: head.sequence, hash: head.hash, at };
    const isSentOn = this.options.file !== undefined || this.options.webhook !== undefined;
    const checkpoint: AuditCheckpoint = {
      ...signCheckpoint(state, this.options.signingKeys[0]!),
      filedAt: null,
      deliveredAt: null,
      attempts: 0,
      dueAt: isSentOn ? at : null,
      error: null,
    };
    await manager.insert(AuditCheckpoint, checkpoint);
    return checkpoint;
  }
}

/** Whether the event is still there. */
const holds = (manager: EntityManager, { organizationId, sequence, hash }: { organizationId: string; sequence: number; hash: string }) =>
  manager.existsBy(AuditEvent, { organizationId, sequence, hash });

export const checkpointView = (checkpoint: AuditCheckpoint): CheckpointView => ({
  organizationId: checkpoint.organizationId === INSTALLATION ? null : checkpoint.organizationId,
  sequence: checkpoint.sequence,
  hash: checkpoint.hash,
  at: checkpoint.at,
  kid: checkpoint.kid,
  signature: checkpoint.signature,
  delivery: {
    filedAt: checkpoint.filedAt,
    deliveredAt: checkpoint.deliveredAt,
    attempts: checkpoint.attempts,
    nextAttemptAt: checkpoint.dueAt,
    error: checkpoint.error,
  },
});
