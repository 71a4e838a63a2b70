import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentPrincipal, type Principal, RequireScope } from 'keystile';

import { CreateCardDto, FindCardsDto, UpdateCardDto } from './card.dto';
import { Cards } from './cards';
import type { Card } from './hub.entity';

@Controller('v1/cards')
export class CardController {
  constructor(private readonly cards: Cards) {}

  @Post()
  @RequireScope('card.create')
  async create(@CurrentPrincipal() caller: Principal, @Body() card: CreateCardDto): Promise<object> {
    return view(await this.cards.create(hubOf(caller), card));
  }

  @Get('search')
  @RequireScope('card.read')
  async search(@CurrentPrincipal() caller: Principal, @Query() query: FindCardsDto): Promise<object> {
    return { items: (await this.cards.find(hubOf(caller), query)).map(view) };
  }

  @Get('favorites')
  @RequireScope('card.read')
  async favorites(@CurrentPrincipal() caller: Principal, @Query() query: FindCardsDto): Promise<object> {
    return { items: (await this.cards.find(hubOf(caller), query, { isFavorite: true })).map(view) };
  }

  @Get(':id')
  @RequireScope('card.read')
  async get(@CurrentPrincipal() caller: Principal, @Param('id') id: string): Promise<object> {
    return view(await this.cards.get(hubOf(caller), id));
  }

  @Patch(':id')
  @RequireScope('card.update')
  async update(@CurrentPrincipal() caller: Principal, @Param('id') id: string, @Body() changes: UpdateCardDto): Promise<object> {
    return view(await this.cards.update(hubOf(caller), id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('card.delete')
  async delete(@CurrentPrincipal() caller: Principal, @Param('id') id: string): Promise<void> {
    await this.cards.delete(hubOf(caller), id);
  }
}

/** Everybody has one hub, which bears their own id. */
const hubOf = ({ organizationId }: Principal): string => organizationId;

const view = ({ id, type, title, content, url, isFavorite, createdAt, updatedAt }: Card): object => ({
  id,
  type,
  title,
  content,
  url,
  isFavorite,
  createdAt,
  updatedAt,
});
