import type { DataSource, QueryRunner } from 'typeorm';

/** Stopping before one of these leaves behind what stopping before the next other one does. */
const CHANGES_NOTHING = /^\s*(?:SELECT|PRAGMA|SHOW)\b/i;

/** Calls `before` with the number of each statement that changes something, from 1, before the database gets it. What it throws is thrown instead. */
export function beforeStatement(dataSource: DataSource, before: (statement: number) => void): void {
  const { driver } = dataSource;
  const create = driver.createQueryRunner.bind(driver);
  let statement = 0;
  driver.createQueryRunner = (mode): QueryRunner => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
    runner.query = async (...parameters: unknown[]): Promise<never> => {
      if (!CHANGES_NOTHING.test(String(parameters[0]))) before(++statement);
      return (await query(...parameters)) as never;
    };
    return runner;
  };
}

/** Counts the statements that fit, from now on. */
export function countStatements(dataSource: DataSource, fits: RegExp): () => number {
  const { driver } = dataSource;
  const create = driver.createQueryRunner.bind(driver);
  let count = 0;
  driver.createQueryRunner = (mode): QueryRunner => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...parameters: unknown[]) => Promise<unknown>;
    runner.query = async (...parameters: unknown[]): Promise<never> => {
      if (fits.test(String(parameters[0]))) count++;
      return (await query(...parameters)) as never;
    };
    return runner;
  };
  return () => count;
}
