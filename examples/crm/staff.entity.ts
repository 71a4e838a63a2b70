import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who works with the CRM and can sign in to its admin area. */
@Entity('crm_staff')
export class StaffMember {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ type: 'varchar', length: 191 })
  readonly email!: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 200, select: false })
  readonly passwordHash!: string;

  @Column({ type: 'varchar', length: 16 })
  readonly role!: 'admin' | 'agent';
}
