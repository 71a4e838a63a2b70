import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, In, LessThanOrEqual } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { inTransaction } from '../persistence';
import { MOST_ATTEMPTS, retryDelayMs } from './backoff';
import { type Channel, CHANNELS } from './channel';
import type { Delivery, Provider } from './delivery';
import { Lane } from './lane';
import { readBlob } from './message-blobs';
import type { MessageContent } from './message-content';
import { Message } from './message.entity';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options';
import { Providers } from './providers';

/** How many messages of one channel a worker sends at a time. */
const BATCH = 10;
/** What one attempt may take, an upload included. */
const DEADLINE_MS = 60_000;
/** A worker that has said nothing for so long is dead. Deadline, patience with the database and clocks that differ fit in twice. */
const LEASE_MS = 180_000;
/** How often the end of an attempt is written down again while the database is away: sent is sent, and must not be sent twice. */
const WRITE_WAITS_MS = [0, 500, 2_000, 5_000];
/** How long a stopping process waits for the attempts under way. */
const PATIENCE_MS = 8_000;
const DEFAULT_POLL_MS = 1_000;

type Progress = Partial<Pick<Message, 'status' | 'dueAt' | 'lastError' | 'providerMessageId' | 'sentAt' | 'attempts'>>;
/** A message that this worker alone may send until its lease ends. */
type Claim = Message & { readonly claimedBy: string };

/**
 * Sends what is due. Any number of workers may run on one database: a message is claimed by a conditional update, sent outside
 * any transaction, and completed by another one, which only the holder of the claim can do. A worker that dies loses nothing: its
 * claim ends with the lease, and the next worker sends under the same id, by which providers that can tell duplicates.
 */
@Injectable()
export class OutboxWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Outbox');
  private readonly giveUp = new AbortController();
  /** One for each channel: a provider that hangs holds up its own messages only. */
  private readonly lanes = CHANNELS.map(
    (channel) =>
      new Lane(
        () => this.sendDue(channel),
        (error) => this.logger.warn(`The outbox could not be worked on; trying again with the next tick: ${String(error)}`),
      ),
  );
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly providers: Providers,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  onApplicationBootstrap(): void {
    for (const lane of this.lanes) lane.open();
    this.timer = setInterval(() => this.wake(), this.options.pollMs ?? DEFAULT_POLL_MS).unref();
  }

  /** Waits for the attempts under way, and then cuts them off: they are repeated by whoever runs next. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    const cutOff = setTimeout(() => this.giveUp.abort(), PATIENCE_MS).unref();
    await Promise.all(this.lanes.map((lane) => lane.close()));
    clearTimeout(cutOff);
  }

  /** There may be something to send. Returns at once. */
  wake(): void {
    for (const lane of this.lanes) lane.wake();
  }

  /** Sends what is due now, up to a batch of each channel. Returns how many messages it dealt with. */
  async runOnce(): Promise<number> {
    const counts = await Promise.all(CHANNELS.map((channel) => this.sendDue(channel)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private async sendDue(channel: Channel): Promise<number> {
    const due = await this.database.manager.find(Message, {
      where: { channel, dueAt: LessThanOrEqual(this.clock.now()), status: In(['queued', 'sending']) },
      order: { dueAt: 'ASC', id: 'ASC' },
      take: BATCH,
    });
    const handled = await Promise.all(due.map((message) => this.handle(message)));
    return handled.filter((mine) => mine).length;
  }

  /** `false` where another worker was faster. */
  private async handle(message: Message): Promise<boolean> {
    const claim = await this.claim(message);
    if (!claim) return false;
    const provider = this.providers.find(claim.channel, claim.environment);
    const progress = provider ? await this.attempt(claim, provider) : ({ status: 'outbox', dueAt: null } as const);
    await this.complete(claim, progress);
    return true;
  }

  /** The message as it was read is the condition: of all workers that saw it due, one gets it. */
  private async claim(seen: Message): Promise<Claim | undefined> {
    const claimedBy = randomUUID();
    const { id, organizationId, status, attempts, resends } = seen;
    const now = this.clock.now();
    const taken = { status: 'sending', claimedBy, attempts: attempts + 1, dueAt: new Date(now.getTime() + LEASE_MS) } as const;
    const { affected } = await inTransaction(this.database, (manager) =>
      manager.update(Message, { id, organizationId, status, attempts, resends, dueAt: LessThanOrEqual(now) }, taken),
    );
    return affected === 1 ? { ...seen, ...taken } : undefined;
  }

  private async attempt(claim: Claim, provider: Provider): Promise<Progress> {
    if (claim.attempts > MOST_ATTEMPTS)
      return { status: 'failed', dueAt: null, attempts: MOST_ATTEMPTS, lastError: 'The last attempt never ended' };
    return this.progressAfter(claim.attempts, await this.send(claim, provider));
  }

  private async send({ id, organizationId, recipients, resends }: Claim, provider: Provider): Promise<Delivery> {
    const signal = AbortSignal.any([this.giveUp.signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      const content = await readBlob(this.database.manager, id);
      if (!content) return { outcome: 'refused', error: 'The text of the message is no longer there' };
      const deliveryId = resends === 0 ? id : `${id}.${resends}`;
      return await provider.deliver(
        { deliveryId, organizationId, to: recipients, content: JSON.parse(content.toString('utf8')) as MessageContent },
        signal,
      );
    } catch (error) {
      this.logger.error(`${id} could not be handed over: ${String(error)}`);
      return { outcome: 'postponed', error: 'Internal error' };
    }
  }

  private progressAfter(attempt: number, delivery: Delivery): Progress {
    const now = this.clock.now();
    if (delivery.outcome === 'sent') {
      const { providerMessageId, note = null } = delivery;
      return { status: 'sent', dueAt: null, sentAt: now, providerMessageId, lastError: note };
    }
    const { error: lastError } = delivery;
    if (delivery.outcome === 'refused' || attempt >= MOST_ATTEMPTS) return { status: 'failed', dueAt: null, lastError };
    const wait = retryDelayMs(attempt, Math.random(), delivery.retryAfterSeconds);
    return { status: 'queued', dueAt: new Date(now.getTime() + wait), lastError };
  }

  private async complete({ id, organizationId, claimedBy }: Claim, progress: Progress): Promise<void> {
    const held = { id, organizationId, status: 'sending', claimedBy } as const;
    for (const wait of WRITE_WAITS_MS) {
      if (wait > 0) await sleep(wait, undefined, { ref: false });
      try {
        const { affected } = await inTransaction(this.database, (manager) =>
          manager.update(Message, held, { ...progress, claimedBy: null }),
        );
        if (affected !== 1) this.logger.warn(`${id}: the attempt outlived its lease, and another worker has the message`);
        return;
      } catch (error) {
        this.logger.warn(`${id} is ${progress.status}, which could not be written down: ${String(error)}`);
      }
    }
    this.logger.error(`${id} is ${progress.status}, which was not written down: it will be sent again when its lease ends`);
  }
}
