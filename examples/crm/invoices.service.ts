import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, notFound } from 'keystile';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';

import { Clients } from './clients.service';
import { Invoice } from './invoice.entity';
import type { InvoiceDto, InvoicePatchDto } from './invoices.dto';
import type { ListDto } from './list.dto';

@Injectable()
export class Invoices {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly clients: Clients,
  ) {}

  list({ limit, after }: ListDto): Promise<Invoice[]> {
    return this.database.getRepository(Invoice).find({ where: { id: MoreThan(after) }, order: { id: 'ASC' }, take: limit });
  }

  async get(id: number, manager: EntityManager = this.database.manager): Promise<Invoice> {
    return (await manager.findOneBy(Invoice, { id })) ?? refuse();
  }

  create({ client_id: clientId, amount_cents: amountCents, currency, status = 'draft' }: InvoiceDto): Promise<Invoice> {
    const now = this.clock.now();
    return this.database.transaction(async (manager) => {
      await this.clients.lock(manager, clientId);
      const invoice = { clientId, amountCents, currency, status, createdAt: now, updatedAt: now };
      const { identifiers } = await manager.insert(Invoice, invoice);
      return this.get(identifiers[0]!['id'] as number, manager);
    });
  }

  update(id: number, { amount_cents: amountCents, currency, status }: InvoicePatchDto): Promise<Invoice> {
    return this.database.transaction(async (manager) => {
      const changes = { amountCents, currency, status, updatedAt: this.clock.now() };
      const { affected } = await manager.update(Invoice, { id }, changes);
      return affected === 1 ? this.get(id, manager) : refuse();
    });
  }

  async delete(id: number): Promise<void> {
    const { affected } = await this.database.getRepository(Invoice).delete({ id });
    if (affected !== 1) refuse();
  }
}

function refuse(): never {
  throw notFound();
}
