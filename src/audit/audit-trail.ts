import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';

import { type Clock, CLOCK, newId, Problem, type Principal, redact } from '../common';
import { type Epoch, EPOCH } from '../coordination';
import { isDuplicate } from '../persistence';
import { ADDS_ONLY } from './adds-only';
import { canonicalJson, CHAIN_START, chainHash, personalDigest } from './audit-chain';
import { type ActorType, AuditEvent, AuditHead, AuditPersonal } from './audit-event.entity';

/** Who did it and in which call. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
}

/** Something that was changed, or was tried and refused. Nothing in it may be a secret; what people paste in the wrong place is struck out. */
export interface AuditEntry {
  /** `null` for what concerns the whole installation. */
  readonly organizationId: string | null;
  readonly actor: Actor;
  /** `api_key.created`, `member.role_changed`: the thing, and what became of it. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string | null };
  readonly before?: object;
  readonly after?: object;
  /** Why, in the actor's words; kept with the personal fields, since people write names into it. */
  readonly reason?: string;
  /** Anything else that tells about a person: an e-mail address, a name, a user agent. Erasable. */
  readonly personal?: object;
  /** After it, everything that was true of keys, people and rights still is. Known of our own actions; of others the opposite is taken. */
  readonly addsOnly?: boolean;
}

/** The chain of events that belong to no organization. */
export const INSTALLATION = 'installation';

/** The caller as the actor of an audit event. */
export const actorOf = (principal: Principal, call: { readonly requestId: string; readonly ip: string }): Actor => ({
  type: principal.type,
  id: principal.id,
  requestId: call.requestId,
  ip: call.ip,
});

/** The place of the next event is taken by one that nobody wrote here, so that the chain takes no more. */
export class BlockedChain extends Problem {
  constructor(cause: unknown) {
    super('conflict', {}, 'The audit chain takes no events, since it holds one that was put in: see GET /v1/audit-events/verify', {
      cause,
    });
  }
}

/** An event stays for ever: what somebody has looked for, or given as a reason, may be a key. */
const withoutSecrets = (value: object): string => canonicalJson(value, redact);

/** Writes audit events. */
@Injectable()
export class AuditTrail {
  private readonly logger = new Logger('AuditTrail');

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EPOCH) private readonly epoch: Epoch,
  ) {}

  /**
   * Appends an event to its chain, in the transaction of the change that it tells of: both happen, or neither. Call it last: it locks
   * the chain's head until the transaction ends, and locks are taken in one order. A change that takes something away holds in every
   * process of the installation when the transaction is over.
   * @throws BlockedChain
   */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    const organizationId = entry.organizationId ?? INSTALLATION;
    const previous = await this.lockHead(manager, organizationId);
    const { personal, ...event } = this.describe(entry, organizationId, previous);
    const hash = chainHash(event);
    await this.append(manager, { ...event, hash });
    if (personal) await manager.insert(AuditPersonal, { eventId: event.id, ...personal });
    await manager.update(AuditHead, { organizationId }, { sequence: event.sequence, hash });
    const isHarmless = entry.addsOnly ?? ADDS_ONLY.has(entry.action);
    if (!isHarmless) await this.epoch.raise(manager, { organizationId: entry.organizationId, requestId: entry.actor.requestId });
  }

  private async append(manager: EntityManager, event: AuditEvent): Promise<void> {
    try {
      await manager.insert(AuditEvent, event);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      this.logger.error(`The audit chain of ${event.organizationId} takes no events: event ${event.sequence} was put in behind its head`);
      throw new BlockedChain(error);
    }
  }

  private describe(entry: AuditEntry, organizationId: string, previous: { sequence: number; hash: string }) {
    const { actor, target } = entry;
    const fields = withoutSecrets({ ip: actor.ip ?? undefined, reason: entry.reason, ...entry.personal });
    const salt = randomBytes(16).toString('hex');
    const at = this.clock.now();
    return {
      id: newId('evt', at),
      organizationId,
      sequence: previous.sequence + 1,
      at,
      actorType: actor.type,
      actorId: actor.id,
      action: entry.action,
      targetType: target.type,
      targetId: target.id,
      before: entry.before ? withoutSecrets(entry.before) : null,
      after: entry.after ? withoutSecrets(entry.after) : null,
      requestId: actor.requestId,
      personalDigest: fields === '{}' ? null : personalDigest(salt, fields),
      previousHash: previous.hash,
      personal: fields === '{}' ? undefined : { salt, fields },
    };
  }

  /** An update that changes nothing still takes the row's lock, on every database; the read after it is then the newest. */
  private async lockHead(manager: EntityManager, organizationId: string): Promise<{ sequence: number; hash: string }> {
    const lock = (): Promise<{ affected?: number | null }> =>
      manager
        .createQueryBuilder()
        .update(AuditHead)
        .set({ sequence: () => 'sequence' })
        .where({ organizationId })
        .execute();
    if ((await lock()).affected !== 1) {
      await manager
        .createQueryBuilder()
        .insert()
        .into(AuditHead)
        .values({ organizationId, sequence: 0, hash: CHAIN_START })
        .orIgnore()
        .execute();
      await lock();
    }
    // A plain read would show a host's transaction with a snapshot the head as it was when that began. SQLite has one writer.
    const isSqlite = manager.dataSource.options.type === 'better-sqlite3';
    return manager.findOneOrFail(AuditHead, { where: { organizationId }, ...(isSqlite ? {} : { lock: { mode: 'pessimistic_write' } }) });
  }
}
