import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many readers of the page said so. */
@Entity('crm_page_votes')
export class PageVote {
  @PrimaryColumn({ type: 'varchar', length: 3 })
  readonly answer!: string;

  @Column({ type: 'integer' })
  readonly votes!: number;
}
