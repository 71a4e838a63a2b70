import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { DataSource } from 'typeorm';

import { Problem } from '../common';
import { asProblem, isWriteRefused, openDatabase } from '../persistence';
import { callEntities } from './call-entities';
import { CallTerms } from './call-terms';
import { InlineWriter } from './call-writer';
import type { DrainAnswer, DrainRequest, DrainWorkerData } from './drain-messages';
import { encodeStored } from './stored-call';

/*
 * A thread that writes the call database (`WorkerWriter` starts it). One request at a time; what it has not answered is asked again
 * of the thread that comes after it, and nothing is done twice by that.
 */
const { databaseUrl, dir, batch } = workerData as DrainWorkerData;
const port = parentPort!;
let database: DataSource | undefined;
let writer: InlineWriter | undefined;
let clock = { time: 0, at: 0 };

port.on('message', (request: DrainRequest) => void answer(request));

async function answer(request: DrainRequest): Promise<void> {
  clock = { time: request.now, at: performance.now() };
  try {
    port.postMessage({ id: request.id, result: await work(request) } satisfies DrainAnswer);
  } catch (error) {
    const problem = asProblem(error);
    const isUnavailable = (problem instanceof Problem && problem.code === 'unavailable') || isWriteRefused(error);
    port.postMessage({ id: request.id, error: { message: wordsOf(error), isUnavailable } } satisfies DrainAnswer);
  }
}

async function work(request: DrainRequest): Promise<unknown> {
  if (request.method === 'close') {
    await writer?.close();
    await database?.destroy();
    port.close();
    return undefined;
  }
  const at = await open();
  if (request.method !== 'storeNext') return (at[request.method] as (...parameters: readonly unknown[]) => unknown)(...request.parameters);
  const { calls, ...batchEnd } = await at.storeNext(...request.parameters);
  return { ...batchEnd, calls: encodeStored(calls) };
}

/** With the first request, and again with the next where the database could not be reached. */
async function open(): Promise<InlineWriter> {
  database ??= await openDatabase(databaseUrl, callEntities);
  writer ??= new InlineWriter({
    database,
    terms: new CallTerms(database),
    now: () => new Date(clock.time + performance.now() - clock.at),
    warn: (words) => port.postMessage({ warning: words } satisfies DrainAnswer),
    folderOf: (run) => join(dir, run),
    batch,
  });
  return writer;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
