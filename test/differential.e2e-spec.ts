import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FixedClock, KeystileApp, type TemporaryDatabase, temporaryDatabase } from '../src/testing';
import { Dice, randomRequest, Twin } from './support/random-requests';

const REQUESTS = Number(process.env['DIFFERENTIAL_REQUESTS'] ?? 500);
const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_260_115);
const server = process.env['TEST_DATABASE_URL'];

(server ? describe : describe.skip)(`SQLite and a database server${server ? '' : ' (needs TEST_DATABASE_URL)'}`, () => {
  let database: TemporaryDatabase;
  let dirs: string[];
  let twins: Twin[];

  beforeAll(async () => {
    database = await temporaryDatabase();
    dirs = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), `keystile-twin-${name}-`)));
    twins = [];
    for (const [i, databaseUrl] of [undefined, database.url].entries()) {
      const app = await KeystileApp.start({
        keep: { dataDir: dirs[i]!, databaseUrl },
        clock: new FixedClock(),
        env: { FAILED_AUTH_LIMIT: '1000000', PUBLIC_URL: 'http://keystile.test' },
      });
      const owner = await app.owner();
      const reader = await app.issueKey({ scopes: ['api_key.read', 'call_log.read'] });
      const other = await app.otherOrganization('Other');
      twins.push(new Twin(app, [owner.token, reader.key, other.token, undefined]));
    }
  });

  afterAll(async () => {
    for (const { app } of twins) await app.stop({ disposeData: false });
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
    await database.drop();
  });

  it(
    `A10.6: give equal answers to ${REQUESTS} random requests`,
    async () => {
      const dice = new Dice(SEED);
      const statuses = new Set<unknown>();
      for (let i = 0; i < REQUESTS; i++) {
        const asked = randomRequest(dice, twins[0]!.made.length);
        // Time enough between changes that lists have one order, and not so much that anybody has to sign in again.
        for (const { app } of twins) app.clock.move({ seconds: 600 / REQUESTS });
        const [one, two] = (await Promise.all(twins.map((twin) => twin.ask(asked)))) as [unknown[], unknown[]];
        expect({ request: i, ...asked, answer: two }).toEqual({ request: i, ...asked, answer: one });
        expect(one[0]).not.toBe(500);
        statuses.add(one[0]);
      }
      for (const status of [200, 201, 400, 401, 403, 404]) expect(statuses).toContain(status);
    },
    60_000 + REQUESTS * 200,
  );
});
