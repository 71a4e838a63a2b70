import { Body, Controller, Delete, Get, HttpCode, Param, ParseIntPipe, Patch, Post, Query } from '@nestjs/common';

import type { Invoice } from './invoice.entity';
import { InvoiceDto, InvoicePatchDto } from './invoices.dto';
import { Invoices } from './invoices.service';
import { ListDto } from './list.dto';

/** Permissions come from method and path: `invoice.create`, `invoice.read`, `invoice.update`, `invoice.delete`. */
@Controller('api/v1/invoices')
export class InvoiceController {
  constructor(private readonly invoices: Invoices) {}

  @Get()
  async list(@Query() page: ListDto): Promise<object> {
    return { data: (await this.invoices.list(page)).map(invoiceView) };
  }

  @Get(':id')
  async get(@Param('id', ParseIntPipe) id: number): Promise<object> {
    return invoiceView(await this.invoices.get(id));
  }

  @Post()
  async create(@Body() invoice: InvoiceDto): Promise<object> {
    return invoiceView(await this.invoices.create(invoice));
  }

  @Patch(':id')
  async update(@Param('id', ParseIntPipe) id: number, @Body() changes: InvoicePatchDto): Promise<object> {
    return invoiceView(await this.invoices.update(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@Param('id', ParseIntPipe) id: number): Promise<void> {
    return this.invoices.delete(id);
  }
}

const invoiceView = ({ id, clientId, amountCents, currency, status, createdAt, updatedAt }: Invoice): object => ({
  id,
  client_id: clientId,
  amount_cents: amountCents,
  currency,
  status,
  created_at: createdAt,
  updated_at: updatedAt,
});
