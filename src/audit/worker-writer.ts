import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { Problem } from '../common';
import type { StoredBatch } from './call-drain';
import type { RetentionPlan } from './call-pruner';
import type { CallWriter, RunMark } from './call-writer';
import { type DrainAnswer, DRAIN_BATCH, type DrainRequest, type DrainWorkerData, type WriterMethod } from './drain-messages';
import { decodeStored, type StoredCall } from './stored-call';
import type { WorkerOptions } from './worker-options';

export interface WorkerParts extends WorkerOptions {
  readonly dir: string;
  readonly now: () => Date;
  readonly warn: (words: string) => void;
}

/** Batches die young in a room of this size; in a smaller one they are copied twice first. */
const YOUNG_MB = 64;
/** How often one request may be asked of a new thread, because the one before has ended with it. */
const MOST_ATTEMPTS = 3;

interface Waiting {
  readonly request: DrainRequest;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

/** Writes the call database by a thread. Where that ends it starts another one, which is asked again what was not answered. */
export class WorkerWriter implements CallWriter {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(private readonly parts: WorkerParts) {}

  async storeNext(run: string, told: number): Promise<StoredBatch> {
    const { calls: texts, ...batch } = await this.ask<Omit<StoredBatch, 'calls'> & { calls: readonly string[] }>('storeNext', [run, told]);
    const calls: StoredCall[] = [];
    for (const text of texts) {
      calls.push(...decodeStored(text));
      // Whoever is answered by this thread comes in between.
      await nextTurn();
    }
    return { ...batch, calls };
  }

  mark(run: string): Promise<RunMark> {
    return this.ask('mark', [run]);
  }

  finish(run: string, adoptedBy: string | null): Promise<number> {
    return this.ask('finish', [run, adoptedBy]);
  }

  claim(mark: RunMark, adopter: string): Promise<boolean> {
    return this.ask('claim', [mark, adopter]);
  }

  settle(run: string): Promise<boolean> {
    return this.ask('settle', [run]);
  }

  prune(plan: RetentionPlan): Promise<boolean> {
    return this.ask('prune', [plan]);
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    await this.ask('close', []).catch(() => undefined);
    this.worker = undefined;
    worker.ref();
    await ended;
  }

  private ask<T>(method: WriterMethod, parameters: readonly unknown[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = (this.lastId += 1);
      const request = { id, now: this.parts.now().getTime(), method, parameters } as DrainRequest;
      const waiting = { request, resolve, reject, attempts: 1 };
      this.waiting.set(id, waiting);
      this.send(waiting);
    });
  }

  private send({ request }: Waiting): void {
    this.worker ??= this.start();
    // The process stays for an answer that is waited for, and only for that.
    this.worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(request);
  }

  private start(): Worker {
    const { databaseUrl, dir, execArgv } = this.parts;
    const worker = new Worker(require.resolve('./drain-worker'), {
      name: 'keystile-drain',
      workerData: { databaseUrl, dir, batch: DRAIN_BATCH } satisfies DrainWorkerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      ...(execArgv ? { execArgv: [...execArgv] } : {}),
    });
    worker.on('message', (answer: DrainAnswer) => this.hear(answer));
    worker.on('error', (error) => this.parts.warn(`The thread that stores calls has failed: ${error.message}`));
    worker.on('exit', () => this.goOnWithout(worker));
    return worker;
  }

  private hear(answer: DrainAnswer): void {
    if ('warning' in answer) {
      this.parts.warn(answer.warning);
      return;
    }
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker?.unref();
    if ('result' in answer) waiting.resolve(answer.result as never);
    else waiting.reject(errorOf(answer.error));
  }

  private goOnWithout(worker: Worker): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const waiting of this.waiting.values()) {
      const { id, method } = waiting.request;
      if (method !== 'close' && waiting.attempts < MOST_ATTEMPTS) {
        waiting.attempts += 1;
        this.send(waiting);
      } else {
        this.waiting.delete(id);
        waiting.reject(errorOf({ message: 'The thread that stores calls has ended', isUnavailable: true }));
      }
    }
  }
}

function errorOf({ message, isUnavailable }: { readonly message: string; readonly isUnavailable: boolean }): Error {
  const cause = new Error(message);
  return isUnavailable ? new Problem('unavailable', { retryAfterSeconds: 1 }, undefined, { cause }) : cause;
}
