import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, LessThan, Not } from 'typeorm';

import { type Clock, CLOCK, conflict, type Page, PageCursors, type Principal, Problem } from '../common';
import { inTransaction, isDuplicate } from '../persistence';
import { chainHash } from './audit-chain';
import { AuditEvent, AuditHead } from './audit-event.entity';
import { type Actor, AuditTrail, INSTALLATION } from './audit-trail';
import { ChainVerifier, type Link, NO_EVENT } from './chain-verifier';
import { checkSignature, type PublicCheckpointKey, publicPart, signCheckpoint } from './checkpoint';
import type { CheckpointQueryDto, CheckpointView } from './checkpoint.dto';
import { AuditCheckpoint } from './checkpoint.entity';
import { CHECKPOINT_OPTIONS, type CheckpointOptions, DEFAULT_INTERVAL_SECONDS } from './checkpoint-options';
import type { RecordScope } from './record-query.dto';
import { organizationOf } from './record-range';

/** How many chains are signed in one go. */
const MOST_AT_ONCE = 200;

/** Signs the heads of audit chains, of what is whole since it was signed last. */
@Injectable()
export class Checkpoints {
  private readonly logger = new Logger('AuditCheckpoints');
  /** When a chain was last found broken, or its signing would go over it again every few seconds. */
  private readonly brokenAt = new Map<string, Date>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly cursors: PageCursors,
    private readonly trail: AuditTrail,
    private readonly verifier: ChainVerifier,
    @Inject(CHECKPOINT_OPTIONS) private readonly options: CheckpointOptions,
  ) {}

  get publicKeys(): readonly PublicCheckpointKey[] {
    return this.options.signingKeys.map(publicPart);
  }

  /**
   * Signs a chain as it is now, the event that says so included.
   * @throws Problem `conflict` where nothing can be signed with, or where the chain is broken since it was signed last, or there
   */
  async sign(principal: Principal, actor: Actor, scope: RecordScope | undefined): Promise<CheckpointView> {
    const organizationId = organizationOf(principal, scope);
    if (this.options.signingKeys.length === 0) throw conflict('This installation has no keys to sign audit chains with');
    const chain = organizationId ?? INSTALLATION;
    const whole = await this.wholeUntil(this.database.manager, chain, await this.lastSigned(chain));
    return inTransaction(this.database, async (manager) => {
      const target = { type: 'audit_event', id: null };
      await this.trail.record(manager, { organizationId, actor, action: 'audit_event.checkpointed', target });
      return checkpointView(await this.signHead(manager, chain, await this.wholeUntil(manager, chain, whole)));
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
        const head = await this.wholeUntil(this.database.manager, organizationId, await this.lastSigned(organizationId));
        await this.signHead(this.database.manager, organizationId, head);
        count++;
      } catch (error) {
        // Another replica signed this very head, or the chain is broken, which the log says.
        if (isDuplicate(error) || isConflict(error)) continue;
        // Whatever it is that one chain has, the others are signed.
        this.logger.error(
          `The audit chain of ${organizationId} could not be signed: ${error instanceof Error ? error.message : String(error)}`,
        );
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
    const broken = [...this.brokenAt].filter(([, at]) => at > since).map(([organizationId]) => organizationId);
    const heads = await query
      .where(`NOT EXISTS ${checkpoints('sequence = head.sequence')}`)
      .andWhere(`NOT EXISTS ${checkpoints('at > :since')}`, { since })
      .andWhere({ organizationId: Not(In(broken)) })
      .limit(MOST_AT_ONCE)
      .getMany();
    return heads.map(({ organizationId }) => organizationId);
  }

  /** The newest event that was signed. Where it is not there as it was, or the key is not ours any more, the whole chain is to be checked. */
  private async lastSigned(organizationId: string): Promise<Link> {
    const { manager } = this.database;
    const [last] = await manager.find(AuditCheckpoint, { where: { organizationId }, order: { sequence: 'DESC' }, take: 1 });
    if (!last || checkSignature(last, this.options.signingKeys) !== 'good') return NO_EVENT;
    const event = await manager.findOneBy(AuditEvent, { organizationId, sequence: last.sequence });
    return event?.hash === last.hash && chainHash(event) === last.hash ? last : NO_EVENT;
  }

  /**
   * Goes over what came after an event, so that each is checked once before it is signed.
   * @returns the head, up to which the chain is whole
   * @throws Problem `conflict` where it is not: a signature would cover that up
   */
  private async wholeUntil(manager: EntityManager, organizationId: string, after: Link): Promise<Link> {
    const { head, firstBroken } = await this.verifier.check(manager, organizationId, after);
    if (firstBroken === null) return head;
    this.brokenAt.set(organizationId, this.clock.now());
    this.logger.error(`The audit chain of ${organizationId} is broken at event ${firstBroken} and is not signed`);
    throw conflict(`The chain is broken at event ${firstBroken} and is not signed: see GET /v1/audit-events/verify`);
  }

  private async signHead(manager: EntityManager, organizationId: string, head: Link): Promise<AuditCheckpoint> {
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
    this.brokenAt.delete(organizationId);
    return checkpoint;
  }
}

const isConflict = (error: unknown): boolean => error instanceof Problem && error.code === 'conflict';

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
