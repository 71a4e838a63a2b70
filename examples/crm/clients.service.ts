import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, conflict, notFound } from 'keystile';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';

import { Client } from './client.entity';
import type { ListDto } from './list.dto';
import type { ClientDto, ClientPatchDto } from './clients.dto';
import { Invoice } from './invoice.entity';

@Injectable()
export class Clients {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list({ limit, after }: ListDto): Promise<Client[]> {
    return this.database.getRepository(Client).find({ where: { id: MoreThan(after) }, order: { id: 'ASC' }, take: limit });
  }

  async get(id: number, manager: EntityManager = this.database.manager): Promise<Client> {
    return (await manager.findOneBy(Client, { id })) ?? refuse();
  }

  create({ name, email = null }: ClientDto): Promise<Client> {
    const now = this.clock.now();
    return this.database.transaction(async (manager) => {
      const { identifiers } = await manager.insert(Client, { name, email, createdAt: now, updatedAt: now });
      return this.get(identifiers[0]!['id'] as number, manager);
    });
  }

  replace(id: number, { name, email = null }: ClientDto): Promise<Client> {
    return this.update(id, { name, email });
  }

  update(id: number, changes: ClientPatchDto): Promise<Client> {
    return this.database.transaction(async (manager) => {
      const { affected } = await manager.update(Client, { id }, { ...changes, updatedAt: this.clock.now() });
      return affected === 1 ? this.get(id, manager) : refuse();
    });
  }

  /** @throws Problem `conflict` for a client with invoices */
  delete(id: number): Promise<void> {
    return this.database.transaction(async (manager) => {
      await this.lock(manager, id);
      if (await manager.existsBy(Invoice, { clientId: id })) throw conflict('The client has invoices');
      await manager.delete(Client, { id });
    });
  }

  /** Whoever writes an invoice for a client, and whoever deletes that client, wait for each other here. */
  async lock(manager: EntityManager, id: number): Promise<void> {
    const { affected } = await manager.update(Client, { id }, { id });
    if (affected !== 1) refuse();
  }
}

function refuse(): never {
  throw notFound();
}
