import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { createHmac } from 'node:crypto';
import { open } from 'node:fs/promises';
import { DataSource, LessThanOrEqual } from 'typeorm';

import { type Clock, CLOCK } from '../common';
import { AuditCheckpoint } from './checkpoint.entity';
import { CHECKPOINT_OPTIONS, type CheckpointOptions } from './checkpoint-options';
import { checkpointView } from './checkpoint.service';

const MOST_AT_ONCE = 100;
const WEBHOOK_DEADLINE_MS = 5_000;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 3_600_000;
const LONGEST_ERROR = 255;

/** Brings checkpoints to where the database's owner cannot reach: a file, a webhook. What fails is tried again, for ever. */
@Injectable()
export class CheckpointDelivery {
  private readonly logger = new Logger('AuditCheckpoints');
  private failedAttempts = 0;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CHECKPOINT_OPTIONS) private readonly options: CheckpointOptions,
  ) {}

  /** How many attempts to bring one where it belongs have failed since the start. */
  get failures(): number {
    return this.failedAttempts;
  }

  async deliverDue(): Promise<void> {
    const due = await this.database.manager.find(AuditCheckpoint, {
      where: { dueAt: LessThanOrEqual(this.clock.now()) },
      order: { dueAt: 'ASC' },
      take: MOST_AT_ONCE,
    });
    for (const checkpoint of due) if (await this.claim(checkpoint)) await this.deliver(checkpoint);
  }

  /** Of two replicas one gets it. What was claimed by one that died is due again after the pause. */
  private async claim({ organizationId, sequence, attempts }: AuditCheckpoint): Promise<boolean> {
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 10));
    const dueAt = new Date(this.clock.now().getTime() + pause);
    const { affected } = await this.database.manager.update(
      AuditCheckpoint,
      { organizationId, sequence, attempts },
      { attempts: attempts + 1, dueAt },
    );
    return affected === 1;
  }

  private async deliver(checkpoint: AuditCheckpoint): Promise<void> {
    const { organizationId, sequence } = checkpoint;
    const { delivery: _delivery, ...signed } = checkpointView(checkpoint);
    const line = JSON.stringify(signed);
    const filed = await this.attempt(checkpoint.filedAt, this.options.file, (file) => appendLine(file, line));
    const delivered = await this.attempt(checkpoint.deliveredAt, this.options.webhook, (webhook) => this.post(webhook, line));
    const error = filed.error ?? delivered.error;
    if (error !== null) {
      this.failedAttempts += 1;
      this.logger.warn(`The checkpoint of ${organizationId} at ${sequence} did not arrive, it is tried again: ${error}`);
    }
    await this.database.manager.update(
      AuditCheckpoint,
      { organizationId, sequence },
      {
        filedAt: filed.at,
        deliveredAt: delivered.at,
        error: error?.slice(0, LONGEST_ERROR) ?? null,
        ...(error === null ? { dueAt: null } : {}),
      },
    );
  }

  /** Does what is set up and not done yet. */
  private async attempt<T>(
    doneAt: Date | null,
    goal: T | undefined,
    work: (goal: T) => Promise<void>,
  ): Promise<{ at: Date | null; error: string | null }> {
    if (doneAt !== null || goal === undefined) return { at: doneAt, error: null };
    try {
      await work(goal);
      return { at: this.clock.now(), error: null };
    } catch (error) {
      return { at: null, error: reasonOf(error) };
    }
  }

  /** Signed as Stripe does it: the receiver recomputes the HMAC over time and body, and refuses what is old. */
  private async post({ url, secret }: { readonly url: string; readonly secret: string }, body: string): Promise<void> {
    const time = Math.floor(this.clock.now().getTime() / 1_000);
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'keystile-signature': `t=${time},v1=${signature}` },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(WEBHOOK_DEADLINE_MS),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
  }
}

/** On the disk when it returns: one write, so that two writers never mix their lines. */
async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.appendFile(`${line}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A code or a sentence, without paths and addresses. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = (error as { readonly cause?: unknown }).cause ?? error;
  const { code } = cause as NodeJS.ErrnoException;
  if (error.name === 'TimeoutError') return `the webhook did not answer within ${WEBHOOK_DEADLINE_MS / 1_000} seconds`;
  return typeof code === 'string' ? code : error.message;
}
