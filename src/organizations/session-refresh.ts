import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, MoreThan } from 'typeorm';

import { type Actor, AuditTrail } from '../audit';
import { AccessDeniedError, type Clock, CLOCK } from '../common';
import { inTransaction } from '../persistence';
import { judgeRefresh, RefreshTokens, SESSION_LIFETIME_MS } from './refresh-token';
import { Session } from './session.entity';
import { SessionService, type SignedIn } from './session.service';
import { User } from './user.entity';

/** Keeps sessions alive: each refresh token is good once, and an old one ends the session that it belongs to. */
@Injectable()
export class SessionRefresh {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly audit: AuditTrail,
    private readonly tokens: RefreshTokens,
    private readonly sessions: SessionService,
  ) {}

  /**
   * Trades a refresh token for its successor.
   * @throws AccessDeniedError `invalid_token`; `organization_suspended`
   */
  async refresh(token: string, actor: Actor): Promise<SignedIn> {
    const parsed = this.tokens.read(token);
    if (!parsed) throw new AccessDeniedError('invalid_token');
    for (;;) {
      const session = await this.find(parsed.sessionId);
      if (!session || !this.tokens.isGenuine(parsed, session.salt)) throw new AccessDeniedError('invalid_token');
      const verdict = judgeRefresh(session, parsed.generation, this.clock.now());
      if (verdict === 'over') throw new AccessDeniedError('invalid_token');
      if (verdict === 'reuse') return this.endReused(session, actor);
      const user = await this.requireStanding(session);
      const generation = verdict === 'repeat' ? session.generation : await this.rotate(session);
      // `undefined`: another call rotated it first. Judged again, this one is a repeat.
      if (generation === undefined) continue;
      const { id, organizationId, salt } = session;
      return { user, organizationId, sessionId: id, refreshToken: this.tokens.write({ id, salt, generation }) };
    }
  }

  /** @returns the new generation; `undefined` where somebody else was first */
  private async rotate({ id, generation }: Session): Promise<number | undefined> {
    const now = this.clock.now();
    const successor = { generation: generation + 1, rotatedAt: now, expiresAt: new Date(now.getTime() + SESSION_LIFETIME_MS) };
    const { affected } = await inTransaction(this.database, (manager) =>
      manager.update(Session, { id, generation, endedAt: IsNull(), expiresAt: MoreThan(now) }, successor),
    );
    return affected === 1 ? successor.generation : undefined;
  }

  /** Somebody has a copy, and nobody can tell who: the session ends for both. */
  private async endReused({ id, organizationId, userId }: Session, actor: Actor): Promise<never> {
    await inTransaction(this.database, async (manager) => {
      if ((await this.sessions.endAll(manager, { id }, 'refresh_reuse')) === 0) return;
      const target = { type: 'session', id };
      await this.audit.record(manager, { organizationId, actor, action: 'session.reuse_detected', target, after: { userId } });
    });
    throw new AccessDeniedError('invalid_token');
  }

  private async requireStanding({ id, userId, organizationId }: Session): Promise<User> {
    const principal = await this.sessions.principalOf({ sub: userId, org: organizationId, sid: id });
    if (typeof principal === 'string') throw new AccessDeniedError(principal);
    return this.database.getRepository(User).findOneByOrFail({ id: userId });
  }

  private async find(id: string): Promise<Session | null> {
    return this.database.getRepository(Session).createQueryBuilder('session').addSelect('session.salt').where({ id }).getOne();
  }
}
