import { Column, type DataSource, Entity, PrimaryColumn } from 'typeorm';

const Id = (name = 'id') =>
  name === 'id' ? PrimaryColumn({ type: 'varchar', length: 36 }) : Column({ name, type: 'varchar', length: 36 });
const Time = (name: string) => Column({ name, type: 'datetime', precision: 3 });

@Entity('wa_organizations')
export class ManagerOrganization {
  @Id()
  readonly id!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name!: string;
}

@Entity('wa_users')
export class ManagerUser {
  @Id()
  readonly id!: string;

  @Id('organization_id')
  readonly organizationId!: string;

  /** In lower case. */
  @Column({ type: 'varchar', length: 254, unique: true })
  readonly email!: string;

  @Column({ name: 'full_name', type: 'varchar', length: 100 })
  readonly fullName!: string;

  @Column({ name: 'password_hash', type: 'varchar', length: 255, select: false })
  readonly passwordHash!: string;

  @Column({ type: 'varchar', length: 8 })
  readonly role!: 'admin' | 'manager' | 'agent';

  @Column({ name: 'is_active', type: 'boolean' })
  readonly isActive!: boolean;
}

@Entity('wa_contacts')
export class Contact {
  @Id()
  readonly id!: string;

  @Id('organization_id')
  readonly organizationId!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name!: string;

  /** E.164. */
  @Column({ type: 'varchar', length: 16 })
  readonly phone!: string;

  @Column({ name: 'assigned_user_id', type: 'varchar', length: 36, nullable: true })
  readonly assignedUserId!: string | null;

  @Time('created_at')
  readonly createdAt!: Date;
}

@Entity('wa_messages')
export class Message {
  @Id()
  readonly id!: string;

  @Id('organization_id')
  readonly organizationId!: string;

  @Id('contact_id')
  readonly contactId!: string;

  @Column({ name: 'campaign_id', type: 'varchar', length: 36, nullable: true })
  readonly campaignId!: string | null;

  @Column({ type: 'text' })
  readonly content!: string;

  @Column({ type: 'varchar', length: 8 })
  readonly status!: 'queued';

  @Time('created_at')
  readonly createdAt!: Date;
}

@Entity('wa_templates')
export class Template {
  @Id()
  readonly id!: string;

  @Id('organization_id')
  readonly organizationId!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name!: string;

  /** `{{name}}` and `{{phone}}` stand for those of the contact. */
  @Column({ type: 'text' })
  readonly body!: string;
}

@Entity('wa_flows')
export class Flow {
  @Id()
  readonly id!: string;

  @Id('organization_id')
  readonly organizationId!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name!: string;

  /** What is asked, in this order. */
  @Column({ type: 'simple-json' })
  readonly steps!: string[];
}

@Entity('wa_campaigns')
export class Campaign {
  @Id()
  readonly id!: string;

  @Id('organization_id')
  readonly organizationId!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name!: string;

  @Id('template_id')
  readonly templateId!: string;

  @Column({ type: 'varchar', length: 8 })
  readonly status!: 'draft' | 'started';

  @Time('created_at')
  readonly createdAt!: Date;
}

@Entity('wa_chatbot_settings')
export class ChatbotSettings {
  @PrimaryColumn({ name: 'organization_id', type: 'varchar', length: 36 })
  readonly organizationId!: string;

  @Column({ name: 'is_enabled', type: 'boolean' })
  readonly isEnabled!: boolean;

  /** Sent to each new contact while the chatbot is on. */
  @Column({ type: 'text' })
  readonly greeting!: string;
}

export const managerEntities = [ManagerOrganization, ManagerUser, Contact, Message, Template, Flow, Campaign, ChatbotSettings];

export async function createManagerTables(database: DataSource): Promise<void> {
  const owned = 'id varchar(36) PRIMARY KEY, organization_id varchar(36) NOT NULL';
  for (const table of [
    'wa_organizations (id varchar(36) PRIMARY KEY, name varchar(100) NOT NULL)',
    `wa_users (${owned}, email varchar(254) NOT NULL UNIQUE, full_name varchar(100) NOT NULL, password_hash varchar(255) NOT NULL,
       role varchar(8) NOT NULL, is_active boolean NOT NULL)`,
    `wa_contacts (${owned}, name varchar(100) NOT NULL, phone varchar(16) NOT NULL, assigned_user_id varchar(36),
       created_at datetime(3) NOT NULL, UNIQUE (organization_id, phone))`,
    `wa_messages (${owned}, contact_id varchar(36) NOT NULL, campaign_id varchar(36), content text NOT NULL, status varchar(8) NOT NULL,
       created_at datetime(3) NOT NULL)`,
    `wa_templates (${owned}, name varchar(100) NOT NULL, body text NOT NULL)`,
    `wa_flows (${owned}, name varchar(100) NOT NULL, steps text NOT NULL)`,
    `wa_campaigns (${owned}, name varchar(100) NOT NULL, template_id varchar(36) NOT NULL, status varchar(8) NOT NULL, created_at datetime(3) NOT NULL)`,
    'wa_chatbot_settings (organization_id varchar(36) PRIMARY KEY, is_enabled boolean NOT NULL, greeting text NOT NULL)',
  ]) {
    await database.query(`CREATE TABLE IF NOT EXISTS ${table}`);
  }
}
