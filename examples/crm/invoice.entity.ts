import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export const INVOICE_STATUSES = ['draft', 'sent', 'paid', 'void'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

@Entity('crm_invoices')
export class Invoice {
  @PrimaryGeneratedColumn({ type: 'integer' })
  readonly id!: number;

  @Column({ name: 'client_id', type: 'integer' })
  readonly clientId!: number;

  @Column({ name: 'amount_cents', type: 'integer' })
  readonly amountCents!: number;

  @Column({ type: 'varchar', length: 3 })
  readonly currency!: string;

  @Column({ type: 'varchar', length: 16 })
  readonly status!: InvoiceStatus;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  readonly createdAt!: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  readonly updatedAt!: Date;
}
