import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, conflict, invalidField, notFound } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

import type { ListContactsDto, ListDto } from './list.dto';
import { ChatbotSettings, Contact, ManagerUser, Message } from './manager.entity';

/** Contacts, who looks after them, and what is written to them. The organization stands in every WHERE. */
@Injectable()
export class Contacts {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(organizationId: string, { limit, offset, assigned_to: assignedUserId }: ListContactsDto): Promise<Contact[]> {
    return this.contacts.find({
      where: { organizationId, ...(assignedUserId ? { assignedUserId } : {}) },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: limit,
      skip: offset,
    });
  }

  async get(organizationId: string, id: string): Promise<Contact> {
    const contact = await this.contacts.findOneBy({ id, organizationId });
    if (!contact) throw notFound();
    return contact;
  }

  /** Greets the contact where the chatbot is on. */
  async create(organizationId: string, name: string, phone: string): Promise<Contact> {
    const contact = { id: randomUUID(), organizationId, name, phone, assignedUserId: null, createdAt: this.clock.now() };
    return this.database.transaction(async (manager) => {
      await manager.createQueryBuilder().insert().into(Contact).values(contact).orIgnore().execute();
      if (!(await manager.existsBy(Contact, { id: contact.id }))) throw conflict('There is a contact with this phone number');
      const chatbot = await manager.findOneBy(ChatbotSettings, { organizationId, isEnabled: true });
      if (chatbot) await manager.insert(Message, this.messageTo(contact, chatbot.greeting));
      return contact;
    });
  }

  async rename(organizationId: string, id: string, name: string): Promise<Contact> {
    await this.contacts.update({ id, organizationId }, { name });
    return this.get(organizationId, id);
  }

  async delete(organizationId: string, id: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(Contact, { id, organizationId });
      if (affected !== 1) throw notFound();
      await manager.delete(Message, { contactId: id, organizationId });
    });
  }

  /** @param userId `null` for nobody */
  async assign(organizationId: string, id: string, userId: string | null): Promise<Contact> {
    if (userId !== null && !(await this.database.getRepository(ManagerUser).existsBy({ id: userId, organizationId, isActive: true })))
      throw invalidField('/user_id', 'is nobody of this organization');
    await this.contacts.update({ id, organizationId }, { assignedUserId: userId });
    return this.get(organizationId, id);
  }

  /** Takes the message on; handing it to WhatsApp is not part of this example. */
  async send(organizationId: string, contactId: string, content: string): Promise<Message> {
    const message = this.messageTo(await this.get(organizationId, contactId), content);
    await this.messages.insert(message);
    return message;
  }

  async messagesOf(organizationId: string, contactId: string, { limit, offset }: ListDto): Promise<Message[]> {
    await this.get(organizationId, contactId);
    return this.messages.find({
      where: { organizationId, contactId },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: limit,
      skip: offset,
    });
  }

  messageTo({ id: contactId, organizationId }: Contact, content: string, campaignId: string | null = null): Message {
    return { id: randomUUID(), organizationId, contactId, campaignId, content, status: 'queued', createdAt: this.clock.now() };
  }

  private get contacts() {
    return this.database.getRepository(Contact);
  }

  private get messages() {
    return this.database.getRepository(Message);
  }
}
