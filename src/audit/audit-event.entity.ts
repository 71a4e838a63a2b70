import { Entity, Index, PrimaryColumn } from 'typeorm';

import { BigIntegerColumn, IdColumn, ID_LENGTH, IdPrimaryColumn, indexName, LongTextColumn, TextColumn, TimeColumn } from '../persistence';
import { AuditCheckpoint } from './checkpoint.entity';

const AUDIT_EVENTS = 'keystile_audit_events';

/** Each ends in the sequence, so that pages come out of it in order. */
export const AUDIT_EVENT_INDEXES = {
  sequence: indexName(AUDIT_EVENTS, ['organization_id', 'sequence'], true),
  target: indexName(AUDIT_EVENTS, ['organization_id', 'target_id', 'sequence']),
  actor: indexName(AUDIT_EVENTS, ['organization_id', 'actor_id', 'sequence']),
} as const;

/** One change, as it stands in the chain. Rows are written once and never changed; nothing personal stands in them. */
@Entity(AUDIT_EVENTS)
@Index(AUDIT_EVENT_INDEXES.sequence, ['organizationId', 'sequence'], { unique: true })
@Index(AUDIT_EVENT_INDEXES.target, ['organizationId', 'targetId', 'sequence'])
@Index(AUDIT_EVENT_INDEXES.actor, ['organizationId', 'actorId', 'sequence'])
export class AuditEvent {
  @IdPrimaryColumn()
  readonly id!: string;

  /** The chain: an organization's, or `installation` for events without one. */
  @IdColumn('organization_id')
  readonly organizationId!: string;

  /** From 1, without gaps, within the chain. */
  @BigIntegerColumn('sequence')
  readonly sequence!: number;

  @TimeColumn('at')
  readonly at!: Date;

  @TextColumn('actor_type', 16)
  readonly actorType!: ActorType;

  @IdColumn('actor_id', { nullable: true })
  readonly actorId!: string | null;

  @TextColumn('action', 64)
  readonly action!: string;

  @TextColumn('target_type', 32)
  readonly targetType!: string;

  @IdColumn('target_id', { nullable: true })
  readonly targetId!: string | null;

  /** Canonical JSON, kept as text: the digest is over these very characters. */
  @LongTextColumn('before_state', { nullable: true })
  readonly before!: string | null;

  @LongTextColumn('after_state', { nullable: true })
  readonly after!: string | null;

  @IdColumn('request_id', { nullable: true })
  readonly requestId!: string | null;

  /** SHA-256 over salt and personal fields; `null` where the event has none. It stays when they are erased. */
  @TextColumn('personal_digest', 64, { nullable: true })
  readonly personalDigest!: string | null;

  @TextColumn('previous_hash', 64)
  readonly previousHash!: string;

  @TextColumn('hash', 64)
  readonly hash!: string;
}

export type ActorType = 'user' | 'api_key' | 'system' | 'anonymous';

/** The personal fields of an event, erasable without breaking the chain (`decisions.md` 31). */
@Entity('keystile_audit_personal')
export class AuditPersonal {
  @PrimaryColumn({ name: 'event_id', type: 'varchar', length: ID_LENGTH })
  readonly eventId!: string;

  @TextColumn('salt', 32)
  readonly salt!: string;

  /** Canonical JSON: `ip`, `reason`, and whatever the event named as personal. */
  @LongTextColumn('fields')
  readonly fields!: string;
}

/** The newest event of each chain. Its row lock puts the writers of one chain in line. */
@Entity('keystile_audit_heads')
export class AuditHead {
  @IdPrimaryColumn('organization_id')
  readonly organizationId!: string;

  @BigIntegerColumn('sequence')
  readonly sequence!: number;

  @TextColumn('hash', 64)
  readonly hash!: string;
}

export const auditEntities = [AuditEvent, AuditPersonal, AuditHead, AuditCheckpoint];
