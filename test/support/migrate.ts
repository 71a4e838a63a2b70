import 'reflect-metadata';

import { migrateKeystile, openDatabase } from '../../src/persistence';
import { allTables } from './all-tables';
import { beforeStatement } from './statements';

/**
 * A process that migrates: `node -r test/support/typescript.cjs test/support/migrate.ts <url> [<statement at which it is killed>]`.
 * It prints the names of the migrations that it ran, as JSON.
 */
async function main([url = '', killedAt]: readonly string[]): Promise<void> {
  const dataSource = await openDatabase(url, []);
  if (killedAt !== undefined) {
    beforeStatement(dataSource, (statement) => {
      if (statement === Number(killedAt)) process.kill(process.pid, 'SIGKILL');
    });
  }
  const ran = await migrateKeystile(dataSource, allTables.migrations);
  await dataSource.destroy();
  process.stdout.write(JSON.stringify(ran));
}

void main(process.argv.slice(2));
