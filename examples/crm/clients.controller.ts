import { Body, Controller, Delete, Get, HttpCode, Param, ParseIntPipe, Patch, Post, Put, Query } from '@nestjs/common';

import type { Client } from './client.entity';
import { ClientDto, ClientPatchDto } from './clients.dto';
import { Clients } from './clients.service';
import { ListDto } from './list.dto';

/** Permissions come from method and path: `client.create`, `client.read`, `client.update`, `client.delete`. */
@Controller('api/v1/clients')
export class ClientController {
  constructor(private readonly clients: Clients) {}

  @Get()
  async list(@Query() page: ListDto): Promise<object> {
    return { data: (await this.clients.list(page)).map(clientView) };
  }

  @Get(':id')
  async get(@Param('id', ParseIntPipe) id: number): Promise<object> {
    return clientView(await this.clients.get(id));
  }

  @Post()
  async create(@Body() client: ClientDto): Promise<object> {
    return clientView(await this.clients.create(client));
  }

  @Put(':id')
  async replace(@Param('id', ParseIntPipe) id: number, @Body() client: ClientDto): Promise<object> {
    return clientView(await this.clients.replace(id, client));
  }

  @Patch(':id')
  async update(@Param('id', ParseIntPipe) id: number, @Body() changes: ClientPatchDto): Promise<object> {
    return clientView(await this.clients.update(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  delete(@Param('id', ParseIntPipe) id: number): Promise<void> {
    return this.clients.delete(id);
  }
}

const clientView = ({ id, name, email, createdAt, updatedAt }: Client): object => ({
  id,
  name,
  email,
  created_at: createdAt,
  updated_at: updatedAt,
});
