import type { DataSource, EntityManager } from 'typeorm';

import { commitHook, inTransaction, isInTransaction, openDatabase } from '../src/persistence';
import { type TemporaryDatabase, temporaryDatabase } from '../src/testing';

/** Writes down when it is called. */
const noting = (told: string[]) => () => ({
  beforeCommit: async (manager: EntityManager) => {
    await manager.query('INSERT INTO told VALUES (1)');
    told.push('before');
  },
  afterCommit: (isCertain: boolean) => Promise.resolve(void told.push(isCertain ? 'after' : 'unknown')),
});

describe('what is done with a commit', () => {
  const owner = {};
  let database: TemporaryDatabase;
  let source: DataSource;
  let told: string[];

  beforeAll(async () => {
    database = await temporaryDatabase();
    source = await openDatabase(database.url ?? 'sqlite::memory:', []);
    await source.query('CREATE TABLE told (n INTEGER)');
  });
  beforeEach(async () => {
    told = [];
    await source.query('DELETE FROM told');
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const rows = async (): Promise<number> => ((await source.query('SELECT n FROM told')) as unknown[]).length;

  const ways: Readonly<Record<string, (work: (manager: EntityManager) => Promise<void>) => Promise<unknown>>> = {
    'a transaction of ours': (work) => inTransaction(source, work),
    'a transaction of a host': (work) => source.transaction(work),
    'a transaction with a savepoint': (work) => source.transaction((outer) => outer.transaction(work)),
  };

  it.each(Object.keys(ways))('is done once in %s: its statements before, the rest after it', async (way) => {
    await ways[way]!(async (manager) => {
      expect(isInTransaction(manager)).toBe(true);
      const hook = commitHook(manager, owner, noting(told));
      expect(commitHook(manager, owner, noting(told))).toBe(hook);
      await Promise.resolve();
      expect(told).toEqual([]);
    });
    expect(told).toEqual(['before', 'after']);
    expect(await rows()).toBe(1);
  });

  it.each(Object.keys(ways))('is left out where %s is undone', async (way) => {
    const undone = ways[way]!(async (manager) => {
      commitHook(manager, owner, noting(told));
      await Promise.reject(new Error('undone'));
    });
    await expect(undone).rejects.toThrow('undone');
    await ways[way]!(() => Promise.resolve());
    expect(told).toEqual([]);
    expect(await rows()).toBe(0);
  });

  it('undoes the change where it fails before it', async () => {
    for (const way of Object.values(ways)) {
      const failing = way(async (manager) => {
        await manager.query('INSERT INTO told VALUES (2)');
        commitHook(manager, owner, () => ({ beforeCommit: () => Promise.reject(new Error('no')), afterCommit: () => Promise.resolve() }));
      });
      await expect(failing).rejects.toThrow('no');
    }
    expect(await rows()).toBe(0);
  });

  it('is of one transaction, where a host uses its runner for several', async () => {
    const runner = source.createQueryRunner();
    for (let round = 0; round < 2; round++) {
      await runner.startTransaction();
      commitHook(runner.manager, owner, noting(told));
      await runner.commitTransaction();
    }
    await runner.startTransaction();
    await runner.commitTransaction();
    await runner.release();
    expect(told).toEqual(['before', 'after', 'before', 'after']);
    expect(isInTransaction(source.manager)).toBe(false);
  });
});
