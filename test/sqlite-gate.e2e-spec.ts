import { setImmediate as nextTurn } from 'node:timers/promises';
import { Column, type DataSource, Entity, type EntityManager, PrimaryColumn } from 'typeorm';

import { inTransaction, openDatabase } from '../src/persistence';
import { SqliteDatabase } from '../src/persistence/sqlite-driver';
import { freshSqlite, type FreshDatabase } from './support/fresh-database';

@Entity('accounts')
class Account {
  @PrimaryColumn({ type: 'varchar' })
  readonly name!: string;

  @Column({ type: 'integer' })
  readonly balance!: number;
}

describe('the embedded database', () => {
  let file: FreshDatabase;
  let database: DataSource;

  beforeEach(async () => {
    file = await freshSqlite();
    database = await openDatabase(file.url, [Account]);
    await database.query('CREATE TABLE accounts (name varchar PRIMARY KEY, balance integer NOT NULL)');
  });

  afterEach(async () => {
    await database.destroy();
    await file.drop();
  });

  const balanceOf = async (name: string): Promise<number | undefined> => (await database.manager.findOneBy(Account, { name }))?.balance;
  const add = (manager: EntityManager, name: string, amount: number): Promise<unknown> =>
    manager.update(Account, { name }, { balance: () => `balance + ${amount}` });

  it('carries 200 transactions at once: none fails, none sees or undoes the writes of another', async () => {
    await database.manager.insert(Account, { name: 'shared', balance: 0 });
    const transactions = Array.from({ length: 200 }, (_, i) =>
      inTransaction(database, async (manager) => {
        const name = `account ${i}`;
        await manager.insert(Account, { name, balance: i });
        await nextTurn();
        // Nobody else's account may be there that is not there for good.
        const seen = await manager.count(Account);
        await add(manager, 'shared', 1);
        await nextTurn();
        if (i % 2 === 1) throw new Error('changed my mind');
        return seen;
      }).catch((error: unknown) => {
        expect((error as Error).message).toBe('changed my mind');
        return null;
      }),
    );
    // Others who read and write outside of any transaction meanwhile.
    const bystanders = Array.from({ length: 100 }, async (_, i) => {
      await nextTurn();
      await database.manager.insert(Account, { name: `bystander ${i}`, balance: i });
      return balanceOf(`bystander ${i}`);
    });

    const seen = await Promise.all(transactions);
    expect(await Promise.all(bystanders)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(seen.filter((count) => count === null)).toHaveLength(100);
    expect(await balanceOf('shared')).toBe(100);
    const names = (await database.manager.find(Account)).map(({ name }) => name);
    const kept = Array.from({ length: 100 }, (_, i) => `account ${2 * i}`);
    expect(names.filter((name) => name.startsWith('account')).toSorted()).toEqual(kept.toSorted());
  });

  it('hides what a transaction has not committed', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const writing = database.transaction(async (manager) => {
      await manager.insert(Account, { name: 'uncommitted', balance: 1 });
      await held;
      throw new Error('rolled back');
    });
    const reading = balanceOf('uncommitted');
    letGo();
    await expect(writing).rejects.toThrow('rolled back');
    expect(await reading).toBeUndefined();
  });

  it('keeps what others wrote after a transaction failed half way through several statements at once', async () => {
    await database.manager.insert(Account, { name: 'taken', balance: 0 });
    const failing = inTransaction(database, (manager) =>
      Promise.all([
        manager.insert(Account, { name: 'taken', balance: 1 }),
        manager.findOneBy(Account, { name: 'taken' }).then(() => manager.insert(Account, { name: 'late', balance: 1 })),
        add(manager, 'taken', 5),
      ]),
    );
    const bystander = database.manager.insert(Account, { name: 'bystander', balance: 1 });
    await expect(failing).rejects.toThrow(/UNIQUE/);
    await bystander;
    await nextTurn();
    expect((await database.manager.find(Account, { order: { name: 'ASC' } })).map(({ name, balance }) => [name, balance])).toEqual([
      ['bystander', 1],
      ['taken', 0],
    ]);
  });

  it('gives one runner that is used several times at once its turn for all of it', async () => {
    const runner = database.createQueryRunner();
    const both = Promise.all([
      runner.query("INSERT INTO accounts VALUES ('first', 1)"),
      runner.query("INSERT INTO accounts VALUES ('second', 2)"),
    ]);
    const undone = database.transaction(async (manager) => {
      await manager.insert(Account, { name: 'undone', balance: 3 });
      await nextTurn();
      throw new Error('rolled back');
    });
    await Promise.all([both, expect(undone).rejects.toThrow('rolled back')]);
    await runner.release();
    expect((await database.manager.find(Account, { order: { name: 'ASC' } })).map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('tells whoever waits for his own transaction to end that he does', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance', 'hrtime', 'Date'] });
    const stuck = inTransaction(database, async (manager) => {
      await manager.insert(Account, { name: 'mine', balance: 1 });
      await database.manager.insert(Account, { name: 'not mine', balance: 1 });
    });
    await nextTurn();
    setImmediate(() => jest.advanceTimersByTime(5_000));
    await expect(stuck).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: expect.stringContaining('is a repository used inside a transaction instead of its manager?') as string },
    });
    jest.useRealTimers();
    expect(await database.manager.count(Account)).toBe(0);
    await database.manager.insert(Account, { name: 'afterwards', balance: 1 });
  });

  it('A15 lets the process do other things while many wait for their turn', async () => {
    let wasHeard = false;
    const callers = Array.from({ length: 20 }, (_, i) =>
      inTransaction(database, async (manager) => {
        await manager.insert(Account, { name: `caller ${i}`, balance: i });
        return wasHeard;
      }),
    );
    setImmediate(() => {
      wasHeard = true;
    });
    expect((await Promise.all(callers)).at(-1)).toBe(true);
  });

  it('undoes an inner transaction alone', async () => {
    await database.transaction(async (outer) => {
      await outer.insert(Account, { name: 'outer', balance: 1 });
      const inner = outer.transaction(async (manager) => {
        await manager.insert(Account, { name: 'inner', balance: 1 });
        throw new Error('inner only');
      });
      await expect(inner).rejects.toThrow('inner only');
    });
    expect((await database.manager.find(Account)).map(({ name }) => name)).toEqual(['outer']);
  });

  describe('while another process writes to the file', () => {
    let other: SqliteDatabase;
    beforeEach(async () => {
      await database.manager.insert(Account, { name: 'one', balance: 1 });
      other = new SqliteDatabase(file.url.slice('sqlite:'.length));
      other.exec('BEGIN IMMEDIATE');
    });
    afterEach(() => void other.close());

    it('writes wait for it, reads do not, and nothing else does', async () => {
      const change = inTransaction(database, (manager) => add(manager, 'one', 1));
      const single = add(database.manager, 'one', 10);
      let turns = 0;
      for (const until = performance.now() + 200; performance.now() < until; turns++) {
        expect(await balanceOf('one')).toBe(1);
        await nextTurn();
      }
      expect(turns).toBeGreaterThan(10);
      other.exec('ROLLBACK');
      await Promise.all([change, single]);
      expect(await balanceOf('one')).toBe(12);
    });

    it('what is written after a write was turned away is there for everybody', async () => {
      await expect(database.query("UPDATE accounts SET balance = 7 WHERE name = 'one'")).rejects.toMatchObject({ code: 'unavailable' });
      other.exec('ROLLBACK');
      await database.manager.insert(Account, { name: 'two', balance: 2 });
      expect(other.prepare('SELECT name, balance FROM accounts').all()).toEqual([
        { name: 'one', balance: 1 },
        { name: 'two', balance: 2 },
      ]);
    });

    it('a write that waits for too long is told so', async () => {
      const change = inTransaction(database, (manager) => add(manager, 'one', 1));
      await expect(change).rejects.toMatchObject({ code: 'unavailable', extras: { retryAfterSeconds: 1 } });
      await expect(add(database.manager, 'one', 1)).rejects.toMatchObject({ code: 'unavailable' });
      other.exec('ROLLBACK');
      await inTransaction(database, (manager) => add(manager, 'one', 1));
      expect(await balanceOf('one')).toBe(2);
    }, 10_000);
  });
});
