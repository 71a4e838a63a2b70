import { Entity, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn, bigIntegerAsNumber, IdPrimaryColumn, TextColumn, TimeColumn } from '../persistence';

/** One row. Whoever changes something raises it last of all, so that its lock puts the commits in order. */
@Entity('keystile_epochs')
export class EpochRow {
  @PrimaryColumn({ name: 'id', type: 'int' })
  readonly id!: number;

  @BigIntegerColumn('epoch')
  readonly epoch!: number;

  /** Of this very raise: tells it from another one of the same number, in a database that was set back. */
  @TextColumn('mark', 26)
  readonly mark!: string;

  /** Whose messages are meant, where several installations share a Redis. */
  @TextColumn('installation', 26)
  readonly installation!: string;
}

/** What was no longer true from an epoch on. Old ones are deleted: who has missed them forgets everything. */
@Entity('keystile_epoch_changes')
export class EpochChange {
  @PrimaryColumn({ name: 'epoch', type: 'bigint', transformer: bigIntegerAsNumber })
  readonly epoch!: number;

  /** `*` for everything. */
  @IdPrimaryColumn('organization_id')
  readonly organizationId!: string;

  @TextColumn('mark', 26)
  readonly mark!: string;
}

/** A process that remembers, or did. */
@Entity('keystile_replicas')
export class Replica {
  /** Of one start. */
  @IdPrimaryColumn()
  readonly id!: string;

  @TextColumn('name', 255)
  readonly name!: string;

  /** It has forgotten everything that changed up to here. */
  @BigIntegerColumn('seen_epoch')
  readonly seenEpoch!: number;

  /** Where this stands still, so does the replica. */
  @BigIntegerColumn('renewals')
  readonly renewals!: number;

  @TimeColumn('started_at')
  readonly startedAt!: Date;

  /** For people: no decision is taken by it. */
  @TimeColumn('renewed_at')
  readonly renewedAt!: Date;

  /** When another replica found that this one remembers nothing any more. It has to come back before it may. */
  @TimeColumn('ended_at', { nullable: true })
  readonly endedAt!: Date | null;
}

export const coordinationEntities = [EpochRow, EpochChange, Replica];
