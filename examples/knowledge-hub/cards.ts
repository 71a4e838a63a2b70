import { Inject, Injectable } from '@nestjs/common';
import { type Clock, CLOCK, notFound } from 'keystile';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';

import type { CreateCardDto, FindCardsDto, UpdateCardDto } from './card.dto';
import { Card } from './hub.entity';

/** Cards of one person at a time: the owner stands in every WHERE. */
@Injectable()
export class Cards {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(userId: string, { type, content = '', isFavorite = false, ...dto }: CreateCardDto): Promise<Card> {
    const now = this.clock.now();
    const title = dto.title ?? null;
    const url = type === 'text' ? null : (dto.url ?? null);
    const card: Card = {
      id: randomUUID(),
      userId,
      type,
      title,
      content,
      url,
      isFavorite,
      searchText: searchTextOf(title, content, url),
      createdAt: now,
      updatedAt: now,
    };
    await this.cards.insert(card);
    return card;
  }

  async get(userId: string, id: string): Promise<Card> {
    const card = await this.cards.findOneBy({ id, userId });
    if (!card) throw notFound();
    return card;
  }

  /** Newest first. */
  async find(userId: string, { q, type, limit, offset }: FindCardsDto, only: { readonly isFavorite?: true } = {}): Promise<Card[]> {
    const query = this.cards
      .createQueryBuilder('card')
      .where({ userId, ...only, ...(type ? { type } : {}) })
      .orderBy('card.createdAt', 'DESC')
      .addOrderBy('card.id', 'DESC')
      .limit(limit)
      .offset(offset);
    for (const [i, word] of wordsOf(q).entries()) {
      query.andWhere(`card.searchText LIKE :word${i} ESCAPE '!'`, { [`word${i}`]: `%${word.replace(/[!%_]/g, '!$&')}%` });
    }
    return query.getMany();
  }

  async update(userId: string, id: string, changes: UpdateCardDto): Promise<Card> {
    const card = { ...(await this.get(userId, id)), ...changes };
    const { title, content, url } = card;
    await this.cards.update({ id, userId }, { ...changes, searchText: searchTextOf(title, content, url), updatedAt: this.clock.now() });
    return this.get(userId, id);
  }

  async delete(userId: string, id: string): Promise<void> {
    const { affected } = await this.cards.delete({ id, userId });
    if (affected !== 1) throw notFound();
  }

  private get cards() {
    return this.database.getRepository(Card);
  }
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase();
const wordsOf = (query = ''): string[] => fold(query).split(/\s+/).filter(Boolean);
const searchTextOf = (...parts: ReadonlyArray<string | null>): string => fold(parts.filter(Boolean).join('\n'));
