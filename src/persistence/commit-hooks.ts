import type { EntityManager, QueryRunner } from 'typeorm';

/** What has to happen with a transaction that somebody else ends. Each method runs at most once. */
export interface CommitHook {
  /** The last statements of the transaction. What it throws undoes the change. */
  beforeCommit(manager: EntityManager): Promise<void>;
  /**
   * After the commit, before whoever committed goes on. What it throws is thrown there, and the change stays.
   * @param isCertain `false` where the database was lost during the commit: nobody knows what became of it
   */
  afterCommit(isCertain: boolean): Promise<void>;
}

/** The hooks of the transaction that a runner is in. */
class Hooks {
  private readonly hooks = new Map<object, CommitHook>();

  of<H extends CommitHook>(owner: object, make: () => H): H {
    const hook = (this.hooks.get(owner) as H | undefined) ?? make();
    this.hooks.set(owner, hook);
    return hook;
  }

  async before(manager: EntityManager): Promise<void> {
    for (const hook of this.hooks.values()) await hook.beforeCommit(manager);
  }

  async after(isCertain: boolean): Promise<void> {
    for (const hook of this.hooks.values()) await hook.afterCommit(isCertain);
  }
}

const open = new WeakMap<QueryRunner, Hooks>();

/**
 * The hook of `owner` in the transaction that `manager` is in, made by `make` where there is none yet. Works in transactions of
 * ours and of a host. Outside of a transaction each statement commits by itself: use `commitNow` there.
 */
export function commitHook<H extends CommitHook>(manager: EntityManager, owner: object, make: () => H): H {
  const runner = manager.queryRunner!;
  const known = open.get(runner);
  if (known) return known.of(owner, make);
  const hooks = new Hooks();
  open.set(runner, hooks);
  if (!ours.has(runner)) watchTransactionOf(runner);
  return hooks.of(owner, make);
}

export const isInTransaction = (manager: EntityManager): boolean => manager.queryRunner?.isTransactionActive === true;

/** Runners whose transaction `inTransaction` ends. */
const ours = new WeakSet<QueryRunner>();

interface OwnHooks {
  readonly before: () => Promise<void>;
  readonly after: (isCertain: boolean) => Promise<void>;
}

/** Says that whoever calls runs the hooks of this runner's one transaction. */
export function ownHooks(runner: QueryRunner): OwnHooks {
  ours.add(runner);
  return {
    before: async () => open.get(runner)?.before(runner.manager),
    after: async (isCertain) => open.get(runner)?.after(isCertain),
  };
}

/** A host's transaction ends by its own hand: its runner is taught to run the hooks. Savepoints are not the end. */
function watchTransactionOf(runner: QueryRunner): void {
  if (watched.has(runner)) return;
  watched.add(runner);
  const commit = runner.commitTransaction.bind(runner);
  const rollback = runner.rollbackTransaction.bind(runner);
  runner.commitTransaction = async () => {
    const hooks = isOutermost(runner) ? open.get(runner) : undefined;
    await hooks?.before(runner.manager);
    try {
      await commit();
    } catch (error) {
      await hooks?.after(false);
      throw error;
    }
    if (!hooks) return;
    open.delete(runner);
    await hooks.after(true);
  };
  runner.rollbackTransaction = async () => {
    if (isOutermost(runner)) open.delete(runner);
    await rollback();
  };
}

const watched = new WeakSet<QueryRunner>();

/** TypeORM counts savepoints in a protected field. */
const isOutermost = (runner: QueryRunner): boolean => (runner as unknown as { transactionDepth: number }).transactionDepth === 1;
