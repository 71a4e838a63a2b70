import { Entity, Index, PrimaryColumn } from 'typeorm';

import { indexName, IntegerColumn, LongTextColumn, TextColumn, TimeColumn } from '../persistence';

const TABLE = 'keystile_idempotency_records';

/** A request that its caller may repeat without its being done again. */
@Entity(TABLE)
export class IdempotencyRecord {
  /** SHA-256 over principal, route and the `Idempotency-Key` header: of two requests at once, one row is written and one runs. */
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 64 })
  readonly id!: string;

  /** SHA-256 over method, path and body. */
  @TextColumn('request_digest', 64)
  readonly requestDigest!: string;

  @TextColumn('state', 16)
  readonly state!: 'in_flight' | 'done';

  @IntegerColumn('status', { nullable: true })
  readonly status!: number | null;

  /** Headers and body of the answer, encrypted: they may hold a secret that is shown once. See `sealAnswer`. */
  @LongTextColumn('sealed_answer', { nullable: true })
  readonly sealedAnswer!: string | null;

  @Index(indexName(TABLE, ['expires_at']))
  @TimeColumn('expires_at')
  readonly expiresAt!: Date;
}
