import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, LessThan } from 'typeorm';

import { type Clock, CLOCK, encodeBase32 } from '../common';
import { inTransaction } from '../persistence';
import { HeaderImage, Message, MessageBlob } from './message.entity';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_DAYS = 90;
/** Few enough that nobody waits for the transaction. */
const BATCH = 100;

/** Deletes, every hour, what an organization has no more use for: messages that ended long ago, and pictures nobody asked for since. */
@Injectable()
export class MessageRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Outbox');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), HOUR_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Returns how many messages and pictures are gone. */
  async deleteOld(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - (this.options.retentionDays ?? DEFAULT_DAYS) * DAY_MS);
    return (
      (await this.repeat((manager) => deleteMessages(manager, before))) + (await this.repeat((manager) => deleteImages(manager, before)))
    );
  }

  private async run(): Promise<void> {
    try {
      await this.deleteOld();
    } catch (error) {
      this.logger.warn(`Old messages could not be deleted; trying again in an hour: ${String(error)}`);
    }
  }

  private async repeat(deleteBatch: (manager: EntityManager) => Promise<number>): Promise<number> {
    for (let total = 0; ;) {
      const deleted = await inTransaction(this.database, deleteBatch);
      total += deleted;
      if (deleted < BATCH) return total;
    }
  }
}

/** A message that somebody sends again at this moment has a due time and stays. */
async function deleteMessages(manager: EntityManager, before: Date): Promise<number> {
  const where = { id: LessThan(firstMessageId(before)), dueAt: IsNull() };
  const ended = await manager.find(Message, { select: { id: true }, where, order: { id: 'ASC' }, take: BATCH });
  for (const { id } of ended) {
    const { affected } = await manager.delete(Message, { id, dueAt: IsNull() });
    if (affected === 1) await manager.delete(MessageBlob, { ownerId: id });
  }
  return ended.length;
}

async function deleteImages(manager: EntityManager, before: Date): Promise<number> {
  const unused = await manager.find(HeaderImage, { select: { id: true }, where: { usedAt: LessThan(before) }, take: BATCH });
  for (const { id } of unused) {
    const { affected } = await manager.delete(HeaderImage, { id, usedAt: LessThan(before) });
    if (affected === 1) await manager.delete(MessageBlob, { ownerId: id });
  }
  return unused.length;
}

/** Ids begin with their time, so that the primary key answers what is older. */
function firstMessageId(at: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(Math.max(0, at.getTime()), 0, 6);
  return `msg_${encodeBase32(bytes)}`;
}
