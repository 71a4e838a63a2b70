import { Column, type DataSource, Entity, PrimaryColumn } from 'typeorm';

@Entity('hub_users')
export class HubUser {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  /** In lower case. */
  @Column({ type: 'varchar', length: 254, unique: true })
  readonly email!: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 255, select: false })
  readonly passwordHash!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  readonly createdAt!: Date;
}

export const CARD_TYPES = ['text', 'link', 'image'] as const;
export type CardType = (typeof CARD_TYPES)[number];

@Entity('hub_cards')
export class Card {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ name: 'user_id', type: 'varchar', length: 36 })
  readonly userId!: string;

  @Column({ type: 'varchar', length: 8 })
  readonly type!: CardType;

  @Column({ type: 'varchar', length: 200, nullable: true })
  readonly title!: string | null;

  @Column({ type: 'text' })
  readonly content!: string;

  /** Of a link, where it leads; of an image, where it lies. */
  @Column({ type: 'varchar', length: 2000, nullable: true })
  readonly url!: string | null;

  @Column({ name: 'is_favorite', type: 'boolean' })
  readonly isFavorite!: boolean;

  /** Title, content and address as they are searched. */
  @Column({ name: 'search_text', type: 'text' })
  readonly searchText!: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  readonly createdAt!: Date;

  @Column({ name: 'updated_at', type: 'datetime', precision: 3 })
  readonly updatedAt!: Date;
}

export const hubEntities = [HubUser, Card];

export async function createHubTables(database: DataSource): Promise<void> {
  await database.query(`CREATE TABLE IF NOT EXISTS hub_users (
    id varchar(36) PRIMARY KEY, email varchar(254) NOT NULL UNIQUE, password_hash varchar(255) NOT NULL, created_at datetime(3) NOT NULL
  )`);
  await database.query(`CREATE TABLE IF NOT EXISTS hub_cards (
    id varchar(36) PRIMARY KEY, user_id varchar(36) NOT NULL, type varchar(8) NOT NULL, title varchar(200), content text NOT NULL,
    url varchar(2000), is_favorite boolean NOT NULL, search_text text NOT NULL, created_at datetime(3) NOT NULL, updated_at datetime(3) NOT NULL
  )`);
}
