// Three replicas as processes on one MariaDB, each of them asked without a pause while something is taken away:
// node bench/replicas.mjs [--database mysql://root@127.0.0.1:3306/] [--redis redis://…] [--revokes 1000] [--each 50] [--only <words>] [--rounds 500] [--workers 24] [--pause 5] [--built]
// Accepted calls that began after the answer: 0, of any kind. The revoke answers within 25 ms (p99) with Redis, 250 ms without, and
// within its lease and 100 ms with one replica stopped. It ends with code 1 where a call was accepted that should not have been.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: process.env.TEST_DATABASE_URL ?? 'mysql://root@127.0.0.1:3306/' },
    redis: { type: 'string' },
    revokes: { type: 'string', default: '1000' },
    each: { type: 'string', default: '50' },
    // Only kinds of taking away whose names have this in them.
    only: { type: 'string', default: '' },
    stopped: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '500' },
    workers: { type: 'string', default: '24' },
    // Of each caller between two calls: with 0 they take all the machine has, and answers wait for it.
    pause: { type: 'string', default: '5' },
    built: { type: 'boolean', default: false },
  },
});

const require = createRequire(import.meta.url);
// oxlint-disable-next-line import/no-unassigned-import -- teaches require() TypeScript
require('../test/support/typescript.cjs');
// oxlint-disable-next-line import/no-unassigned-import -- what Nest's decorators write into
require('reflect-metadata');
process.env.TEST_DATABASE_URL = options.database;
const { temporaryDatabase } = require('../src/testing/temporary-database.ts');
const { Fleet } = require('../test/support/fleet.ts');
const { Hammer } = require('../test/support/hammer.ts');
const { TAKEAWAYS } = require('../test/support/takeaways.ts');
const { until } = require('../test/support/until.ts');

// Ends the replicas, too.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const STRENGTH = { pauseMs: Number(options.pause) };
const PATH = '/v1/whoami';
const rows = [];
let late = 0;

const database = await temporaryDatabase();
const env = { TRUSTED_PROXIES: '127.0.0.1/32', ...(options.redis === undefined ? {} : { REDIS_URL: options.redis }) };
const fleet = await Fleet.start({ databaseUrl: database.url, env, built: options.built });
try {
  const owner = await fleet.setUp();
  await revokes(owner, Number(options.revokes));
  for (const name of Object.keys(TAKEAWAYS).filter((one) => one.includes(options.only))) await kind(owner, name, Number(options.each));
  await race(owner, Number(options.rounds), Number(options.workers));
  await stopped(owner, Number(options.stopped));
} finally {
  await fleet.stop();
  await database.drop();
}
print();
process.exit(late === 0 ? 0 : 1);

/** Every replica is warm and asked by two callers at once. */
async function revokes(owner, count) {
  if (count === 0) return;
  const times = [];
  const waits = [];
  let accepted = 0;
  let calls = 0;
  for (let i = 0; i < count; i++) {
    const key = await fleet.issueKey(owner);
    const hammer = new Hammer(fleet.replicas, { path: PATH, as: key.key }, STRENGTH);
    await hammer.warm();
    const reply = await fleet.must(200, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
    times.push(reply.answeredAt - reply.sentAt);
    waits.push(reply.body.effectiveAfterMs);
    const found = await hammer.stop(reply.answeredAt);
    accepted += found.late.length;
    calls += found.calls;
  }
  note(`${count} revokes, hammered`, accepted, times, waits, `${calls} calls`);
  await quiet(owner, Math.min(count, 300));
}

/** The same without other work: what the agreement itself takes. */
async function quiet(owner, count) {
  const times = [];
  const waits = [];
  for (let i = 0; i < count; i++) {
    const key = await fleet.issueKey(owner);
    const reply = await fleet.must(200, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
    times.push(reply.answeredAt - reply.sentAt);
    waits.push(reply.body.effectiveAfterMs);
  }
  note(`${count} revokes, nothing else to do`, 0, times, waits, '');
}

async function kind(owner, name, count) {
  const times = [];
  const waits = [];
  let accepted = 0;
  for (let i = 0; i < count; i++) {
    const { probe, takeAway, notBefore } = await TAKEAWAYS[name](fleet, owner);
    const hammer = new Hammer(fleet.replicas, probe, STRENGTH);
    await hammer.warm();
    const reply = await takeAway();
    times.push(reply.answeredAt - reply.sentAt);
    waits.push(Number(reply.headers['keystile-effective-after-ms']));
    const wait = notBefore ? Math.max(0, notBefore() - Date.now()) + 5 : 0;
    await sleep(wait);
    accepted += (await hammer.stop(reply.answeredAt + wait)).late.length;
  }
  if (count > 0) note(`${count} × ${name}`, accepted, times, waits, '');
}

/** Keys that are revoked while they are being read for the first time. */
async function race(owner, rounds, workers) {
  let accepted = 0;
  let next = 0;
  const times = [];
  const work = async () => {
    while (next++ < rounds) {
      const key = await untilItWorks(() => fleet.issueKey(owner));
      const uses = fleet.replicas.map(({ calls }) => calls.send('GET', PATH, { as: key.key }));
      await sleep(Math.random() * 40);
      const reply = await untilItWorks(() => fleet.must(200, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token }));
      times.push(reply.answeredAt - reply.sentAt);
      const later = await Promise.all(fleet.replicas.map(({ calls }) => calls.send('GET', PATH, { as: key.key })));
      accepted += later.filter(({ status }) => status === 200).length;
      await Promise.all(uses);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  if (rounds > 0) note(`${rounds} keys revoked 0 to 40 ms after their first use, ${workers} at once`, accepted, times, [], '');
}

/** A machine that has too much to do answers 503, and changes nothing by that. */
async function untilItWorks(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!String(error).includes('got 503')) throw error;
    }
  }
}

/** One of three stands still for every single revoke. */
async function stopped(owner, count) {
  const [first, , third] = fleet.replicas;
  const times = [];
  const waits = [];
  let accepted = 0;
  for (let i = 0; i < count; i++) {
    const key = await fleet.issueKey(owner);
    const hammer = new Hammer(fleet.replicas, { path: PATH, as: key.key }, STRENGTH);
    await hammer.warm();
    await hammer.stop(performance.now());
    third.freeze();
    const reply = await first.calls.send('POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token });
    times.push(reply.answeredAt - reply.sentAt);
    waits.push(reply.body.effectiveAfterMs);
    const waiting = Array.from({ length: 10 }, () => third.calls.send('GET', PATH, { as: key.key }));
    await sleep(20);
    third.thaw();
    accepted += (await Promise.all(waiting)).filter(({ status }) => status === 200).length;
    await until(
      async () => (await third.calls.send('GET', '/health/ready')).status === 200,
      () => 'it is back',
    );
  }
  if (count > 0) note(`${count} revokes, one of three stopped`, accepted, times, waits, '');
}

function note(what, accepted, times, waits, more) {
  late += accepted;
  const [median, p99] = [0.5, 0.99].map((share) => at(times, share));
  const [waited, waited99] = [0.5, 0.99].map((share) => at(waits, share));
  rows.push([what, accepted, median, p99, waited, waited99, more]);
  process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
}

function at(numbers, share) {
  const sorted = numbers.filter(Number.isFinite).toSorted((a, b) => a - b);
  return sorted.length === 0 ? '' : Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
}

function print() {
  const head = ['What', 'Accepted afterwards', 'Answer p50 ms', 'p99 ms', 'Commit to everywhere p50 ms', 'p99 ms', ''];
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  console.log(`Redis: ${options.redis === undefined ? 'no' : 'yes'}\n\n${lines.join('\n')}`);
}
