import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('payments_accounts')
export class Account {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name!: string;
}

/** Somebody who signs in to the dashboard of an account. */
@Entity('payments_people')
export class Person {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ name: 'account_id', type: 'varchar', length: 36 })
  readonly accountId!: string;

  @Column({ type: 'varchar', length: 191 })
  readonly email!: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 200, select: false })
  readonly passwordHash!: string;

  @Column({ type: 'varchar', length: 16 })
  readonly role!: 'owner' | 'viewer';
}
