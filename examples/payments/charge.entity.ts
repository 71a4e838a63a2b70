import type { Environment } from 'keystile';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `pending`: asked for, and the card network has not said what became of it. */
export type ChargeStatus = 'pending' | 'succeeded' | 'declined';

@Entity('payments_charges')
export class Charge {
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 36 })
  readonly accountId!: string;

  @PrimaryColumn({ type: 'varchar', length: 4 })
  readonly environment!: Environment;

  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  readonly userId!: string;

  /** In the currency's smallest unit. */
  @Column({ type: 'integer' })
  readonly amount!: number;

  @Column({ type: 'varchar', length: 3 })
  readonly currency!: string;

  @Column({ type: 'varchar', length: 16 })
  readonly status!: ChargeStatus;

  /** The card network's own number of it. */
  @Column({ type: 'varchar', length: 64, nullable: true })
  readonly reference!: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  readonly createdAt!: Date;
}
