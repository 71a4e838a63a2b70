import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThanOrEqual } from 'typeorm';

import { type Clock, CLOCK, Problem } from '../common';
import { isDuplicate, isUnreachable } from '../persistence';
import { IdempotencyRecord } from './idempotency-record.entity';
import { openAnswer, type RepeatIdentity, sealAnswer, type StoredAnswer } from './sealed-answer';

/** Encrypt stored answers; the first one is used for new answers, all of them open old ones. */
export const ANSWER_SECRETS = Symbol('keystile:answer-secrets');

const KEPT_MS = 10 * 60 * 1_000;

/** Enough for rows that expire or are given up between our insert and our read. */
const MOST_ATTEMPTS = 3;
/** How soon it is tried again to forget what could not be forgotten because the database was away. */
const FORGET_AGAIN_MS = 1_000;
/** What is more than that expires by itself. */
const MOST_TO_FORGET = 10_000;

/** What becomes of a request with an `Idempotency-Key`: it is done now, or was done before. */
export type Reservation = { readonly outcome: 'run' } | { readonly outcome: 'replay'; readonly answer: StoredAnswer };

/** Remembers requests for ten minutes. The row is written before the work begins, so that its primary key decides who works. */
@Injectable()
export class IdempotencyRecords implements OnModuleDestroy {
  private readonly logger = new Logger('Idempotency');
  /** Requests that changed nothing and could not be forgotten: their record, and until when it would stand. */
  private readonly toForget = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(ANSWER_SECRETS) private readonly secrets: readonly Buffer[],
  ) {}

  /** @throws Problem `idempotency_conflict` for another request, `idempotency_in_flight` while the first one runs */
  async reserve(identity: RepeatIdentity, requestDigest: string): Promise<Reservation> {
    await this.forget(identity.id);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (await this.insert(identity.id, requestDigest)) return { outcome: 'run' };
      const record = await this.findLive(identity.id);
      if (record) return { outcome: 'replay', answer: this.answerOf(record, identity, requestDigest) };
    }
    throw stillRunning();
  }

  /** Keeps the answer for repeats. What was done is done: where the answer cannot be kept, repeats get 409 instead. */
  async finish(identity: RepeatIdentity, answer: StoredAnswer): Promise<void> {
    const sealedAnswer = sealAnswer(this.secrets[0]!, identity, answer);
    try {
      const running = { id: identity.id, state: 'in_flight' } as const;
      await this.database.manager.update(IdempotencyRecord, running, { state: 'done', status: answer.status, sealedAnswer });
    } catch (error) {
      this.logger.warn(`The answer to a repeatable request could not be kept: ${String(error)}`);
    }
  }

  /** Forgets a request that changed nothing, so that its repeat is done like a first one. */
  async giveUp({ id }: RepeatIdentity): Promise<void> {
    try {
      await this.database.manager.delete(IdempotencyRecord, { id, state: 'in_flight' });
    } catch (error) {
      if (isUnreachable(error)) this.forgetLater(id, this.clock.now().getTime() + KEPT_MS);
      else this.logger.warn(`A refused request could not be forgotten: ${String(error)}`);
    }
  }

  async deleteExpired(): Promise<void> {
    await this.database.manager.delete(IdempotencyRecord, { expiresAt: LessThanOrEqual(this.clock.now()) });
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.toForget.clear();
  }

  private async insert(id: string, requestDigest: string): Promise<boolean> {
    const expiresAt = new Date(this.clock.now().getTime() + KEPT_MS);
    try {
      const record = { id, requestDigest, state: 'in_flight', status: null, sealedAnswer: null, expiresAt } as const;
      await this.database.manager.insert(IdempotencyRecord, record);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      // It may stand there, and its request is not done.
      if (isUnreachable(error)) this.forgetLater(id, expiresAt.getTime());
      throw error;
    }
  }

  /** @param expiresAtMs tells the record from one that another replica makes meanwhile */
  private forgetLater(id: string, expiresAtMs: number): void {
    if (this.toForget.size >= MOST_TO_FORGET) return;
    this.toForget.set(id, new Date(expiresAtMs));
    this.timer ??= setTimeout(() => void this.forgetAll(), FORGET_AGAIN_MS).unref();
  }

  private async forgetAll(): Promise<void> {
    try {
      for (const id of this.toForget.keys()) await this.forget(id);
      this.timer = undefined;
    } catch {
      this.timer = setTimeout(() => void this.forgetAll(), FORGET_AGAIN_MS).unref();
    }
  }

  private async forget(id: string): Promise<void> {
    const expiresAt = this.toForget.get(id);
    if (!expiresAt) return;
    await this.database.manager.delete(IdempotencyRecord, { id, state: 'in_flight', expiresAt: LessThanOrEqual(expiresAt) });
    this.toForget.delete(id);
  }

  private async findLive(id: string): Promise<IdempotencyRecord | undefined> {
    await this.database.manager.delete(IdempotencyRecord, { id, expiresAt: LessThanOrEqual(this.clock.now()) });
    return (await this.database.manager.findOneBy(IdempotencyRecord, { id })) ?? undefined;
  }

  private answerOf(record: IdempotencyRecord, identity: RepeatIdentity, requestDigest: string): StoredAnswer {
    if (record.requestDigest !== requestDigest) throw new Problem('idempotency_conflict');
    if (record.status === null || record.sealedAnswer === null) throw stillRunning();
    const answer = openAnswer(this.secrets, identity, record.status, record.sealedAnswer);
    if (!answer) throw new Problem('idempotency_conflict', {}, 'The answer to this Idempotency-Key can no longer be read');
    return answer;
  }
}

const stillRunning = (): Problem => new Problem('idempotency_in_flight', { retryAfterSeconds: 1 });
