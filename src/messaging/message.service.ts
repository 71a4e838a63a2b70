import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThan } from 'typeorm';

import { notFound, PageCursors, type Principal } from '../common';
import { covers } from '../permissions';
import { SCOPE_OF } from './channel';
import { readBlob } from './message-blobs';
import type { MessageContent } from './message-content';
import type { MessageDetailView, MessageListView, MessageQueryDto } from './message.dto';
import { Message } from './message.entity';
import { messageView, visibleTo } from './message-view';

/** Shows an organization its messages. */
@Injectable()
export class MessageService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(PageCursors) private readonly cursors: PageCursors,
  ) {}

  /** Newest first: ids sort by the time they were made. */
  async list(principal: Principal, { limit, cursor, status, channel }: MessageQueryDto): Promise<MessageListView> {
    const audience = `messages:${principal.organizationId}:${principal.environment}`;
    const after = cursor === undefined ? undefined : String(this.cursors.read(audience, cursor)[1]);
    const rows = await this.database.manager.find(Message, {
      where: {
        ...visibleTo(principal),
        ...(status && { status }),
        ...(channel && { channel }),
        ...(after !== undefined && { id: LessThan(after) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return this.cursors.page(audience, rows, limit, ({ createdAt, id }) => [createdAt.getTime(), id], messageView);
  }

  /** @throws Problem `not_found` */
  async get(principal: Principal, id: string): Promise<MessageDetailView> {
    const { manager } = this.database;
    const message = await manager.findOneBy(Message, { id, ...visibleTo(principal) });
    if (!message) throw notFound();
    const isReadable = covers(principal.scopes, SCOPE_OF[message.channel]);
    const content = isReadable ? await readBlob(manager, id) : undefined;
    return { ...messageView(message), content: content ? (JSON.parse(content.toString('utf8')) as MessageContent) : null };
  }
}
