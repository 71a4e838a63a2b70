import { Injectable } from '@nestjs/common';
import type { Environment } from 'keystile';
import { DataSource, type EntityManager } from 'typeorm';

type Work<T> = (manager: EntityManager) => Promise<T>;

/** What a call changes: kept for a live key, undone for a test key (“Data is not persisted”). */
@Injectable()
export class UnitOfWork {
  constructor(private readonly database: DataSource) {}

  run<T>(environment: Environment, work: Work<T>): Promise<T> {
    return environment === 'live' ? this.keep(work) : this.pretend(work);
  }

  keep<T>(work: Work<T>): Promise<T> {
    return this.database.transaction(work);
  }

  /** Really does it, so that every rule of the database speaks, and takes it all back. */
  async pretend<T>(work: Work<T>): Promise<T> {
    const runner = this.database.createQueryRunner();
    try {
      await runner.startTransaction();
      return await work(runner.manager);
    } finally {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }
}
