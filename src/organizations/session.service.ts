import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager, type FindOptionsWhere, IsNull, MoreThan } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { type Clock, CLOCK, type DenialCode, newId, notFound, type Page, PageCursors, type Principal, Problem } from '../common';
import { type Epoch, EPOCH } from '../coordination';
import type { PageQueryDto } from '../http';
import { inTransaction } from '../persistence';
import { placesOf } from './memberships';
import { newestFirst, positionOf } from './newest-first';
import { RefreshTokens, SESSION_LIFETIME_MS } from './refresh-token';
import { lockRow } from './row-lock';
import type { SessionView } from './session.dto';
import { Session, type SessionEnd } from './session.entity';
import { findStanding, judgeStanding } from './session-standing';
import { User } from './user.entity';

/** What a person signed in from, for the list of their sessions. */
export interface Device {
  readonly ip: string;
  readonly userAgent: string | null;
}

/** Somebody who has just been let in, with the one refresh token that is good now. */
export interface SignedIn {
  readonly user: Pick<User, 'id' | 'email' | 'name' | 'operator'>;
  readonly organizationId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
}

/** The claims that name a session. */
export interface SessionClaims {
  readonly sub: string;
  readonly org: string;
  readonly sid: string;
}

/** Sessions of people: begun by signing in, kept alive by refreshing, ended by signing out or by whatever takes the right away. */
@Injectable()
export class SessionService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly tokens: RefreshTokens,
    private readonly cursors: PageCursors,
    @Inject(EPOCH) private readonly epoch: Epoch,
  ) {}

  /** Who a session acts as at this moment, and until when it runs. In one query. */
  async principalOf({ sub, org, sid }: SessionClaims): Promise<Principal | DenialCode> {
    const standing = await findStanding(this.database, sid);
    if (!standing || standing.userId !== sub || standing.organizationId !== org) return 'invalid_token';
    return judgeStanding(standing, this.clock.now());
  }

  /** Begins a session, in the transaction of whatever proved who it is. */
  async start(manager: EntityManager, user: SignedIn['user'], organizationId: string, { ip, userAgent }: Device): Promise<SignedIn> {
    const now = this.clock.now();
    const session = { id: newId('ses', now), salt: randomBytes(16).toString('hex'), generation: 0 };
    const expiresAt = new Date(now.getTime() + SESSION_LIFETIME_MS);
    await manager.insert(Session, {
      ...session,
      userId: user.id,
      organizationId,
      rotatedAt: now,
      createdAt: now,
      expiresAt,
      ip,
      userAgent,
    });
    return { user, organizationId, sessionId: session.id, refreshToken: this.tokens.write(session) };
  }

  /**
   * Begins another session of the same person, in another of their organizations.
   * @param endsThis for browsers, which hold one session at a time
   * @throws Problem `not_found`, `organization_suspended`; `invalid_token` where the session has just ended
   */
  async switchOrganization(
    principal: Principal,
    organizationId: string,
    device: Device,
    actor: Actor,
    endsThis: boolean,
  ): Promise<SignedIn> {
    return inTransaction(this.database, async (manager) => {
      // Whatever ends all sessions of a person takes this lock first, and so ends the new one as well.
      await lockRow(manager, User, { id: principal.id });
      const place = (await placesOf(manager, principal.id)).find((one) => one.organizationId === organizationId);
      if (!place) throw notFound();
      if (place.organization.status === 'suspended' && !principal.operator) throw new Problem('organization_suspended');
      const user = await manager.findOneByOrFail(User, { id: principal.id });
      const current = { id: principal.sessionId!, userId: principal.id };
      const wasRunning = endsThis ? (await this.endAll(manager, current, 'switched')) === 1 : await isRunning(manager, current);
      if (!wasRunning) throw new Problem('invalid_token');
      const signedIn = await this.start(manager, user, organizationId, device);
      const from = principal.organizationId;
      // Chains are locked in the order of their ids.
      if (endsThis && from <= organizationId) await this.recordEnd(manager, from, current.id, 'switched', actor);
      await this.recordStart(manager, signedIn, actor);
      if (endsThis && from > organizationId) await this.recordEnd(manager, from, current.id, 'switched', actor);
      return signedIn;
    });
  }

  /** The sessions of a person that still run. */
  async list({ id: userId, sessionId }: Principal, page: PageQueryDto): Promise<Page<SessionView>> {
    const audience = `sessions:${userId}`;
    const running = { userId, endedAt: IsNull(), expiresAt: MoreThan(this.clock.now()) };
    const rows = await newestFirst(this.database.manager, Session, running, this.cursors, audience, page);
    return this.cursors.page(audience, rows, page.limit, positionOf, (row) => viewOf(row, sessionId));
  }

  /** @returns `false` for sessions that are over, or somebody else's */
  async end(principal: Principal, id: string, reason: SessionEnd, actor: Actor): Promise<boolean> {
    return inTransaction(this.database, async (manager) => {
      const session = await manager.findOneBy(Session, { id, userId: principal.id });
      if (!session) return false;
      const { organizationId } = session;
      const isFirst = (await this.endAll(manager, { id, userId: principal.id }, reason)) === 1;
      if (isFirst) await this.recordEnd(manager, organizationId, id, reason, actor);
      // Whoever ended it may still be waiting for other replicas.
      else await this.epoch.raise(manager, { organizationId, requestId: actor.requestId });
      return isFirst;
    });
  }

  private async recordEnd(manager: EntityManager, organizationId: string, id: string, reason: SessionEnd, actor: Actor): Promise<void> {
    const target = { type: 'session', id };
    await this.audit.record(manager, { organizationId, actor, action: 'session.ended', target, after: { reason } });
  }

  /** Ends every session that fits and still runs. @returns how many that were */
  async endAll(manager: EntityManager, where: FindOptionsWhere<Session>, reason: SessionEnd): Promise<number> {
    const { affected } = await manager.update(Session, { ...where, endedAt: IsNull() }, { endedAt: this.clock.now(), endReason: reason });
    return affected ?? 0;
  }

  /** The event of a session that began; the person who signed in is its actor. */
  async recordStart(manager: EntityManager, { user, organizationId, sessionId }: SignedIn, actor: Actor): Promise<void> {
    await this.audit.record(manager, {
      organizationId,
      actor: { ...actor, type: 'user', id: user.id },
      action: 'session.started',
      target: { type: 'session', id: sessionId },
    });
  }
}

const isRunning = (manager: EntityManager, which: FindOptionsWhere<Session>): Promise<boolean> =>
  manager.existsBy(Session, { ...which, endedAt: IsNull() });

const viewOf = (session: Session, currentId: string | null): SessionView => ({
  id: session.id,
  organizationId: session.organizationId,
  createdAt: session.createdAt,
  lastUsedAt: session.rotatedAt,
  expiresAt: session.expiresAt,
  ip: session.ip,
  userAgent: session.userAgent,
  current: session.id === currentId,
});
