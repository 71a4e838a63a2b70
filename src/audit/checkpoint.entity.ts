import { Entity, Index, PrimaryColumn } from 'typeorm';

import { bigIntegerAsNumber, IdPrimaryColumn, indexName, IntegerColumn, TextColumn, TimeColumn } from '../persistence';

const AUDIT_CHECKPOINTS = 'keystile_audit_checkpoints';

/** A signed head of a chain. One for each event at most, whoever signs: of two replicas the second finds it there. */
@Entity(AUDIT_CHECKPOINTS)
@Index(indexName(AUDIT_CHECKPOINTS, ['organization_id', 'at']), ['organizationId', 'at'])
@Index(indexName(AUDIT_CHECKPOINTS, ['due_at']), ['dueAt'])
export class AuditCheckpoint {
  @IdPrimaryColumn('organization_id')
  readonly organizationId!: string;

  @PrimaryColumn({ name: 'sequence', type: 'bigint', transformer: bigIntegerAsNumber })
  readonly sequence!: number;

  @TextColumn('hash', 64)
  readonly hash!: string;

  @TimeColumn('at')
  readonly at!: Date;

  @TextColumn('kid', 64)
  readonly kid!: string;

  @TextColumn('signature', 128)
  readonly signature!: string;

  /** When it was appended to the operator's file. */
  @TimeColumn('filed_at', { nullable: true })
  readonly filedAt!: Date | null;

  /** When the operator's webhook took it. */
  @TimeColumn('delivered_at', { nullable: true })
  readonly deliveredAt!: Date | null;

  @IntegerColumn('attempts')
  readonly attempts!: number;

  /** When it is tried next; `null` where nothing is left to do. */
  @TimeColumn('due_at', { nullable: true })
  readonly dueAt!: Date | null;

  /** Why the last attempt failed. */
  @TextColumn('error', 255, { nullable: true })
  readonly error!: string | null;
}
