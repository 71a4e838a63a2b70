import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { type Clock, CLOCK, conflict, newId, notFound, type Principal, Problem } from '../common';
import { inTransaction } from '../persistence';
import { covers } from '../permissions';
import { SCOPE_OF } from './channel';
import { HeaderImages } from './header-images';
import { writeBlob } from './message-blobs';
import type { Draft } from './message-content';
import type { AcceptedMessageView } from './message.dto';
import { Message } from './message.entity';
import { visibleTo } from './message-view';
import { OutboxWorker } from './outbox-worker';
import { Providers } from './providers';

/** Takes messages in. Sending is the worker's, after the caller has been answered. */
@Injectable()
export class Outbox {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly providers: Providers,
    private readonly images: HeaderImages,
    private readonly worker: OutboxWorker,
    @Inject(AuditTrail) private readonly audit: AuditTrail,
  ) {}

  /** @throws Problem `validation_failed` for a header image of somebody else */
  async accept({ organizationId, environment }: Principal, { channel, to, content }: Draft): Promise<AcceptedMessageView> {
    const now = this.clock.now();
    const id = newId('msg', now);
    const leaves = this.providers.find(channel, environment) !== undefined;
    await inTransaction(this.database, async (manager) => {
      if (content.headerImageId !== null) await this.images.use(manager, organizationId, content.headerImageId);
      await manager.insert(Message, {
        id,
        organizationId,
        environment,
        channel,
        status: leaves ? 'queued' : 'outbox',
        recipients: to,
        attempts: 0,
        resends: 0,
        dueAt: leaves ? now : null,
        claimedBy: null,
        lastError: null,
        providerMessageId: null,
        createdAt: now,
        sentAt: null,
      });
      await writeBlob(manager, id, Buffer.from(JSON.stringify(content)));
    });
    if (leaves) this.worker.wake();
    return { messageId: id, status: 'queued' };
  }

  /**
   * Sends a message again that failed, or that stayed here for want of a provider.
   * @throws Problem `not_found`, `insufficient_scope`, or `conflict` where it is on its way, was sent, or can never leave
   */
  async resend(principal: Principal, actor: Actor, id: string): Promise<AcceptedMessageView> {
    await inTransaction(this.database, (manager) => this.queueAgain(manager, principal, actor, id));
    this.worker.wake();
    return { messageId: id, status: 'queued' };
  }

  private async queueAgain(manager: EntityManager, principal: Principal, actor: Actor, id: string): Promise<void> {
    const { organizationId } = principal;
    const message = await manager.findOneBy(Message, { id, ...visibleTo(principal) });
    if (!message) throw notFound();
    requireScopeOf(message, principal);
    if (!this.providers.find(message.channel, message.environment)) throw conflict(cannotLeave(message));
    if (message.status !== 'failed' && message.status !== 'outbox') throw conflict(`The message is ${message.status}`);

    const { status, resends } = message;
    const { affected } = await manager.update(
      Message,
      { id, organizationId, status, resends },
      { status: 'queued', attempts: 0, resends: resends + 1, dueAt: this.clock.now(), lastError: null },
    );
    if (affected !== 1) throw conflict('The message is being sent again already');
    await this.audit.record(manager, {
      organizationId,
      actor,
      action: 'message.resent',
      target: { type: 'message', id },
      before: { status },
      after: { status: 'queued' },
    });
  }
}

/** The route takes any of the three scopes; sending, also again, takes the channel's own. */
function requireScopeOf({ channel }: Message, { scopes }: Principal): void {
  const scope = SCOPE_OF[channel];
  if (covers(scopes, scope)) return;
  throw new Problem('insufficient_scope', { requiredScopes: [scope] }, `Insufficient scope: requires ${scope}`);
}

const cannotLeave = ({ environment, channel }: Message): string =>
  environment === 'test'
    ? 'A message of a test key never leaves the outbox'
    : `There is no provider for ${channel}: the message stays in the outbox`;
