import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, conflict, invalidField, notFound } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource, MoreThan } from 'typeorm';

import { Contacts } from './contacts';
import { Campaign, Contact, Flow, Message, Template } from './manager.entity';

/** How many contacts of a campaign are written to in one statement. */
const BATCH = 200;

/** What is prepared once and sent to many: templates, flows, campaigns. */
@Injectable()
export class Outreach {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly contacts: Contacts,
  ) {}

  async createTemplate(organizationId: string, name: string, body: string): Promise<Template> {
    const template = { id: randomUUID(), organizationId, name, body };
    await this.database.getRepository(Template).insert(template);
    return template;
  }

  async createFlow(organizationId: string, name: string, steps: string[]): Promise<Flow> {
    const flow = { id: randomUUID(), organizationId, name, steps };
    await this.database.getRepository(Flow).insert(flow);
    return flow;
  }

  async createCampaign(organizationId: string, name: string, templateId: string): Promise<Campaign> {
    if (!(await this.database.getRepository(Template).existsBy({ id: templateId, organizationId })))
      throw invalidField('/template_id', 'is no template of this organization');
    const campaign: Campaign = { id: randomUUID(), organizationId, name, templateId, status: 'draft', createdAt: this.clock.now() };
    await this.database.getRepository(Campaign).insert(campaign);
    return campaign;
  }

  list<T extends Template | Flow | Campaign>(what: new () => T, organizationId: string): Promise<T[]> {
    return this.database
      .getRepository<Template | Flow | Campaign>(what)
      .find({ where: { organizationId }, order: { name: 'ASC', id: 'ASC' } }) as Promise<T[]>;
  }

  async delete(what: typeof Template | typeof Flow, organizationId: string, id: string): Promise<void> {
    const { affected } = await this.database.getRepository<Template | Flow>(what).delete({ id, organizationId });
    if (affected !== 1) throw notFound();
  }

  /**
   * Writes to every contact, once: of many starts at the same moment one finds a draft.
   * @returns to how many
   */
  async start(organizationId: string, id: string): Promise<{ readonly campaign: Campaign; readonly recipients: number }> {
    return this.database.transaction(async (manager) => {
      const { affected } = await manager.update(Campaign, { id, organizationId, status: 'draft' }, { status: 'started' });
      const campaign = await manager.findOneBy(Campaign, { id, organizationId });
      if (!campaign) throw notFound();
      if (affected !== 1) throw conflict('The campaign has been started');
      const template = await manager.findOneBy(Template, { id: campaign.templateId, organizationId });
      if (!template) throw conflict('The template of this campaign has been deleted');
      let recipients = 0;
      for (let after = '', batch: Contact[]; ; after = batch.at(-1)!.id) {
        batch = await manager.find(Contact, { where: { organizationId, id: MoreThan(after) }, order: { id: 'ASC' }, take: BATCH });
        if (batch.length === 0) break;
        await manager.insert(
          Message,
          batch.map((contact) => this.contacts.messageTo(contact, filled(template.body, contact), id)),
        );
        recipients += batch.length;
      }
      return { campaign, recipients };
    });
  }
}

const filled = (body: string, { name, phone }: Contact): string =>
  body.replace(/\{\{(name|phone)\}\}/g, (_placeholder, field: string) => (field === 'name' ? name : phone));
