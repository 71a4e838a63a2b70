import type { Environment } from 'keystile';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who is charged. */
@Entity('payments_users')
export class User {
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 36 })
  readonly accountId!: string;

  @PrimaryColumn({ type: 'varchar', length: 4 })
  readonly environment!: Environment;

  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ type: 'varchar', length: 200 })
  readonly name!: string;

  @Column({ type: 'varchar', length: 191 })
  readonly email!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  readonly createdAt!: Date;
}
