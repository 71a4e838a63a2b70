import { ConsoleLogger, Logger } from '@nestjs/common';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

import { callEntities, callMigrations, type CallObserver, CallStore, type FinishedCall } from '../src/audit';
import { CallLog } from '../src/audit/call-log.entity';
import { CallTerms } from '../src/audit/call-terms';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { FixedClock } from '../src/testing';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';
import { aCall, aKeyHolder } from './support/finished-call';
import { beforeStatement } from './support/statements';

describe.each(databaseKinds)('the store of calls on %s', (_name, create) => {
  let file: FreshDatabase;
  let database: DataSource;
  let store: CallStore;
  let said: string[];
  let dir: string;
  const stores: CallStore[] = [];

  const newStore = (observers: readonly CallObserver[] = [], clock = new FixedClock()): CallStore => {
    const started = new CallStore(
      database,
      new CallTerms(database),
      clock,
      { dir, maxBytes: 2 ** 30, sync: 'process', replica: 'here' },
      observers,
    );
    stores.push(started);
    return started;
  };

  beforeEach(async () => {
    file = await create();
    database = await openDatabase(file.url, callEntities);
    await migrateKeystile(database, callMigrations);
    dir = mkdtempSync(join(tmpdir(), 'keystile-journal-'));
    store = newStore();
    said = [];
    const logger = new ConsoleLogger();
    jest.spyOn(logger, 'warn').mockImplementation((message) => said.push(`warning: ${String(message)}`));
    jest.spyOn(logger, 'error').mockImplementation((message) => said.push(`error: ${String(message)}`));
    Logger.overrideLogger(logger);
  });

  afterEach(async () => {
    for (const started of stores.splice(0)) await started.onApplicationShutdown();
    rmSync(dir, { recursive: true, force: true });
    await database.destroy();
    await file.drop();
  });

  const rows = (): Promise<CallLog[]> => database.manager.find(CallLog, { order: { id: 'ASC', tail: 'ASC' } });
  const breakIt = (): Promise<unknown> => database.query('ALTER TABLE keystile_call_logs RENAME TO hidden');
  const repairIt = (): Promise<unknown> => database.query('ALTER TABLE hidden RENAME TO keystile_call_logs');
  const texts = async (...numbers: Array<number | null>): Promise<Array<string | undefined>> => {
    const found = await new CallTerms(database).read(numbers);
    return numbers.map((number) => found.get(number));
  };

  function append(calls: readonly FinishedCall[]): void {
    for (const call of calls) store.append(call);
  }

  it('stores what was appended by itself, a moment later', async () => {
    store.append(aCall());
    expect(store.pending).toBe(1);
    while ((await rows()).length === 0) await nextTurn();
    while (store.pending > 0) await nextTurn();
    expect(said).toEqual([]);
  });

  it('stores everything appended before a flush, in as many batches as it takes', async () => {
    const calls = Array.from({ length: 1_203 }, () => aCall());
    append(calls);
    await store.flush();
    expect(store.pending).toBe(0);
    expect((await rows()).map(({ id, tail }) => [id, tail])).toEqual(calls.map(({ id, tail }) => [id, tail]));
  });

  it('ends a flush although calls keep coming', async () => {
    const over = new AbortController();
    const traffic = (async () => {
      while (!over.signal.aborted) {
        store.append(aCall());
        await nextTurn();
      }
    })();
    const first = aCall();
    store.append(first);
    await store.flush();
    over.abort();
    expect((await rows()).map(({ tail }) => tail)).toContain(first.tail);
    await traffic;
    await store.flush();
  });

  it('stores a call once, however often it is told of it', async () => {
    const calls = Array.from({ length: 20 }, () => aCall());
    append(calls);
    await store.flush();
    append([...calls, aCall()]);
    await store.flush();
    expect(await rows()).toHaveLength(21);
  });

  it('tells who was let in, whose secret matched, and who nobody knows', async () => {
    const holder = aKeyHolder({ environment: 'test', userId: 'usr_00000000000000000000000001' });
    append([
      aCall({ principal: holder, requiredScopes: ['send_sms', 'send_email'], subjectKeyId: 'key_00000000000000000000000009' }),
      aCall({ suspect: holder, status: 401, code: 'api_key_revoked' }),
      aCall({ principal: aKeyHolder({ type: 'user', id: 'usr_00000000000000000000000002', userId: 'usr_00000000000000000000000002' }) }),
      aCall({ presentedPrefix: 'ks_live_unknown', status: 401, code: 'invalid_api_key', route: null }),
    ]);
    await store.flush();
    const [admitted, refused, person, nobody] = await rows();
    expect(admitted).toMatchObject({ principalType: 'k', credentialPrefix: 'ks_live_4fGh7jKl9mNp', environment: 't' });
    expect(
      await texts(
        admitted!.organizationNumber,
        admitted!.keyNumber,
        admitted!.keyNameNumber,
        admitted!.userNumber,
        admitted!.requiredScopesNumber,
        admitted!.subjectKeyNumber,
      ),
    ).toEqual([holder.organizationId, holder.id, 'nightly job', holder.userId, 'send_sms send_email', 'key_00000000000000000000000009']);
    expect(refused).toMatchObject({ principalType: 'k', keyNumber: admitted!.keyNumber, code: 'api_key_revoked', status: 401 });
    expect(refused!.organizationNumber).toBe(admitted!.organizationNumber);
    expect(person).toMatchObject({ principalType: 'u', keyNumber: null, keyNameNumber: null, environment: 'l' });
    expect(nobody).toMatchObject({
      principalType: '-',
      organizationNumber: null,
      keyNumber: null,
      userNumber: null,
      credentialPrefix: 'ks_live_unknown',
      environment: null,
      routeNumber: null,
    });
  });

  it('keeps every call whatever texts it carries', async () => {
    const nasty = 'NUL \0, half a 😀: \ud83d, quotes \'"`\\, %_?, \u2028';
    const call = aCall({
      presentedPrefix: `grüße ${nasty}`.repeat(10),
      path: '😀'.repeat(256),
      userAgent: nasty,
      referrer: 'ä'.repeat(256),
      inboundRequestId: '😀'.repeat(128),
      method: 'X'.repeat(40),
      responseBytes: 2 ** 40,
      latencyMicroseconds: 2 ** 40,
      route: nasty,
    });
    append([call, aCall({ principal: aKeyHolder({ keyName: nasty }) })]);
    await store.flush();
    const [row] = await rows();
    expect(row).toMatchObject({ path: call.path, referrer: call.referrer, responseBytes: 2 ** 40, latencyMicroseconds: 2 ** 40 });
    expect(row!.credentialPrefix).toMatch(/^[\x21-\x7e]{40}$/);
    expect((await texts(row!.userAgentNumber))[0]).toContain('NUL \\u0000, half');
  });

  it('splits what would be too large for the database to take at once', async () => {
    append(
      Array.from({ length: 1_000 }, (_, i) =>
        aCall({
          path: '\\'.repeat(512),
          referrer: '\\'.repeat(256),
          inboundRequestId: '\\'.repeat(256),
          userAgent: `${i} ${'\\'.repeat(250)}`,
        }),
      ),
    );
    await store.flush();
    expect(await rows()).toHaveLength(1_000);
  });

  it('gives a text one number, whichever replica meets it first', async () => {
    const replicas = Array.from({ length: 8 }, () => newStore());
    for (const replica of replicas) {
      for (let i = 0; i < 50; i++) replica.append(aCall({ userAgent: `agent ${i}`, principal: aKeyHolder() }));
    }
    await Promise.all(replicas.map((replica) => replica.flush()));
    const all = await rows();
    expect(all).toHaveLength(400);
    expect(new Set(all.map(({ userAgentNumber }) => userAgentNumber)).size).toBe(50);
    expect(new Set(all.map(({ keyNumber }) => keyNumber)).size).toBe(1);
  });

  it('R03: keeps the calls while the database cannot be written, and stores them when it can again', async () => {
    append(Array.from({ length: 1_700 }, () => aCall()));
    await breakIt();
    await expect(store.flush()).rejects.toThrow();
    append(Array.from({ length: 10 }, () => aCall()));
    expect(store.pending).toBe(1_710);
    await repairIt();
    while (store.pending > 0) await nextTurn();
    expect(await rows()).toHaveLength(1_710);
    expect(said[0]).toMatch(/^warning: Storing calls failed, 1700 are waiting: .*keystile_call_logs/);
  });

  it('lets who asks about earlier calls read although later ones cannot be stored, and nobody else', async () => {
    const [first, second, streamed, last] = [aCall(), aCall(), aCall(), aCall()];
    jest.spyOn(store as unknown as { wakeIn: () => void }, 'wakeIn').mockReturnValue();
    append([first]);
    store.begin(streamed);
    const stored = store.flush();
    // It comes while the others are on their way.
    append([second]);
    await stored;
    await breakIt();
    append([last]);
    await store.flush(first.id + 1);
    await store.flush(store.pending > 1 ? second.id : last.id);
    await expect(store.flush(last.id + 1)).rejects.toThrow();
    await expect(store.flush()).rejects.toThrow();
    // What began earlier and ends now is asked about, too.
    store.complete({ ...streamed, status: 500 }, streamed);
    await store.flush(second.id);
    await expect(store.flush(streamed.id + 1)).rejects.toThrow();
    await repairIt();
    await store.flush(streamed.id + 1);
    expect((await rows()).map(({ id, status }) => [id, status])).toEqual([
      [first.id, 200],
      [second.id, 200],
      [streamed.id, 500],
      [last.id, 200],
    ]);
    await breakIt();
    append([aCall()]);
    await store.flush(last.id + 1);
    await repairIt();
  });

  it('remembers which calls came while others were being stored', async () => {
    append([aCall()]);
    await store.flush();
    const [first, second] = [aCall(), aCall()];
    // Nothing is stored but by who waits for it.
    jest.spyOn(store as unknown as { wakeIn: () => void }, 'wakeIn').mockReturnValue();
    let isFirst = true;
    beforeStatement(database, () => {
      if (isFirst) append([second]);
      isFirst = false;
    });
    append([first]);
    await store.flush();
    await breakIt();
    expect(isFirst).toBe(false);
    await store.flush(first.id + 1);
    await expect(store.flush(second.id + 1)).rejects.toThrow();
    await repairIt();
    await store.flush(second.id + 1);
    expect(await rows()).toHaveLength(3);
  });

  it('R18: drops none of however many calls wait', async () => {
    await breakIt();
    append(Array.from({ length: 50_700 }, () => aCall()));
    expect(store.pending).toBe(50_700);
    await repairIt();
    await store.flush();
    expect(await rows()).toHaveLength(50_700);
    expect(said.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('tells observers of calls whose rows are there, and waits for them', async () => {
    const seen: Array<{ told: number; stored: number }> = [];
    store = newStore([
      {
        async callsStored(calls) {
          const stored = await database.manager.count(CallLog);
          await nextTurn();
          seen.push({ told: calls.length, stored });
        },
      },
    ]);
    append(Array.from({ length: 3 }, () => aCall()));
    await store.flush();
    expect(seen).toEqual([{ told: 3, stored: 3 }]);
  });

  it('loses no row to an observer that fails', async () => {
    const others: number[] = [];
    const failing: CallObserver = {
      callsStored: () => {
        throw new Error('not today');
      },
    };
    store = newStore([failing, { callsStored: (calls) => void others.push(calls.length) }]);
    append([aCall(), aCall()]);
    await store.flush();
    expect(await rows()).toHaveLength(2);
    expect(others).toEqual([2]);
    expect(said).toEqual([expect.stringContaining('failed on 2 calls')]);
  });

  it('R13: stores what is left when the process ends', async () => {
    append(Array.from({ length: 600 }, () => aCall()));
    await store.beforeApplicationShutdown();
    store.append(aCall());
    await store.onApplicationShutdown();
    expect(await rows()).toHaveLength(601);
    expect(said).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says until when its rows are complete', async () => {
    const clock = new FixedClock();
    store = newStore([], clock);
    const start = store.completeUntil;
    clock.move({ seconds: 5 });
    store.append(aCall());
    await store.flush();
    expect(store.completeUntil.getTime() - start.getTime()).toBe(5_000);
    await breakIt();
    clock.move({ seconds: 5 });
    store.append(aCall());
    await expect(store.flush()).rejects.toThrow();
    expect(store.completeUntil.getTime() - start.getTime()).toBe(5_000);
    await repairIt();
    await store.flush();
    expect(store.completeUntil.getTime() - start.getTime()).toBe(10_000);
  });
});
