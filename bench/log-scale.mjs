// Fills a call log with ten million calls of many organizations and keys, then asks every page and report of it over HTTP, at several
// depths: node bench/log-scale.mjs [--database sqlite|mysql://user@host:port/] [--calls 10000000] [--work fill,drain,read] [--folder kept]
// What is told of reading is the median of several rounds, each over everything.
// Runs against the build. With --folder data and database stay, so that the work can be split; without it both are taken away.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'sqlite' },
    calls: { type: 'string', default: '10000000' },
    work: { type: 'string', default: 'fill,drain,read' },
    folder: { type: 'string' },
    samples: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '3' },
    drained: { type: 'string', default: '300000' },
  },
});
const CALLS = Number(options.calls);
const SAMPLES = Number(options.samples);
/** Not counted: the code is compiled while it runs. */
const WARM_UP = 5;
const DAYS = 90;
const COPIES = 10;
const DAY_MS = 24 * 3_600_000;
const GOAL_MS = 50;
const OWN_KEYS = 40;
const OTHER_KEYS = 960;
const ORGANIZATIONS = 50;
const ROUTES = 30;

const require = createRequire(import.meta.url);
const { openDatabase, inTransaction } = require('../dist/persistence');
const { callEntities } = require('../dist/audit');
const { CallDrain } = require('../dist/audit/call-drain.js');
const { DRAIN_BATCH } = require('../dist/audit/drain-messages.js');
const { CallIds } = require('../dist/audit/call-id.js');
const { CallLog } = require('../dist/audit/call-log.entity.js');
const { rowOf, termsOf } = require('../dist/audit/call-row.js');
const { CallTerms } = require('../dist/audit/call-terms.js');
const { CallWatermark } = require('../dist/audit/call-watermark.entity.js');
const { insertNew } = require('../dist/audit/insert-new.js');
const { Journal } = require('../dist/audit/journal.js');
const { UsageRollUps } = require('../dist/audit/usage-roll-ups.js');

const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'keystile-log-scale-'));
mkdirSync(folder, { recursive: true });
const isSqlite = options.database === 'sqlite';
const databaseName = `keystile_log_scale_${folder.replace(/\W+/g, '_').slice(-30)}`;
const databaseUrl = isSqlite ? undefined : `${options.database.replace(/\/$/, '')}/${databaseName}`;
const STATE = join(folder, 'log-scale.json');
const state = existsSync(STATE) ? JSON.parse(readFileSync(STATE, 'utf8')) : await setUp();

for (const work of options.work.split(',')) await { fill, drain, read }[work]();
if (options.folder === undefined) {
  if (!isSqlite) await onServer(`DROP DATABASE ${databaseName}`);
  rmSync(folder, { recursive: true, force: true });
}

/** An organization with keys of its own, by the API. */
async function setUp() {
  if (!isSqlite) await onServer(`CREATE DATABASE ${databaseName} CHARACTER SET utf8mb4`);
  const service = await start();
  const [, token] = /setup#(\S+)/.exec(service.printed());
  const person = { email: 'owner@example.com', password: 'correct horse battery', name: 'Olivia', organizationName: 'Acme' };
  const { accessToken } = await service.post('/v1/setup', { token, ...person, transport: 'bearer' });
  const keys = [];
  for (let i = 0; i < OWN_KEYS; i++) {
    const { id, prefix } = await service.post('/v1/api-keys', { name: `key ${i}`, scopes: ['call_log.read'] }, accessToken);
    keys.push({ id, prefix });
  }
  const { organizationId, userId } = await service.get('/v1/whoami', accessToken).then(({ text }) => JSON.parse(text));
  await service.stop();
  const made = { keys, organizationId, userId, person, end: Date.now() };
  writeFileSync(STATE, JSON.stringify(made));
  return made;
}

/** A tenth of the time by what the drain itself uses, in larger transactions; then nine times the same, later, by the database itself. */
async function fill() {
  const database = await openCalls();
  if (isSqlite) await database.query('PRAGMA synchronous = OFF');
  const terms = new CallTerms(database);
  // On the hour, so that no hour is cut in two by copying.
  const first = Math.floor(state.end / 3_600_000) * 3_600_000 - DAYS * DAY_MS;
  const run = { run: `fill.${first.toString(36)}.00000000`, replica: 'fill', startedAt: new Date(first), aliveAt: new Date(), missing: 0 };
  const whole = { completeUntil: new Date(state.end), finishedAt: new Date(state.end), lastSequence: CALLS, drained: CALLS, calls: CALLS };
  await database.manager.insert(CallWatermark, { ...run, ...whole, adoptedBy: null });
  const { number } = await database.manager.findOneByOrFail(CallWatermark, { run: run.run });
  const rollUps = new UsageRollUps(true);
  const ids = new CallIds();
  const began = performance.now();
  let told = began;
  const generated = CALLS / COPIES;
  for (let done = 0; done < generated;) {
    const calls = [];
    for (; calls.length < 10_000 && done < generated; done++) calls.push(aCall(ids.next(new Date(first + (done / CALLS) * DAYS * DAY_MS))));
    const numbers = await terms.intern(termsOf(calls));
    const changes = calls.map((call) => ({ row: rowOf(call, numbers), stage: 'whole' }));
    await inTransaction(database, async (manager) => {
      await insertNew(
        manager,
        CallLog,
        changes.map(({ row }) => row),
      );
      await rollUps.add(manager, number, changes);
    });
    if (performance.now() - told < 30_000) continue;
    told = performance.now();
    console.error(`${done.toLocaleString('en')} calls after ${Math.round((told - began) / 1_000)} s, load ${loadavg()[0].toFixed(1)}`);
  }
  const sql = isSqlite ? undefined : await connect(databaseName);
  for (let copy = 1; copy < COPIES; copy++) {
    const shift = (copy * DAYS * DAY_MS) / COPIES;
    for (const { tableName, columns } of callEntities.map((entity) => database.getMetadata(entity))) {
      const unit = { id: 1 / 2_048, last_id: 1 / 2_048, quarter: 900_000, hour: 3_600_000 };
      const names = columns.map(({ databaseName: name }) => name);
      const time = names.find((name) => ['id', 'quarter', 'hour'].includes(name));
      if (!time) continue;
      const end = Math.ceil((first + (DAYS * DAY_MS) / COPIES) / unit[time]);
      const shifted = names.map((name) => (unit[name] ? `${name} + ${Math.round(shift / unit[name])}` : name));
      const statement = `INSERT INTO ${tableName} (${names}) SELECT ${shifted} FROM ${tableName} WHERE ${time} < ${end}`;
      await (sql ? sql.query(statement) : database.query(statement));
    }
    console.error(`copy ${copy} after ${Math.round((performance.now() - began) / 1_000)} s, load ${loadavg()[0].toFixed(1)}`);
  }
  const settled = performance.now();
  const filled = new CallDrain(database, terms, () => new Date(), run.run, folder);
  while (await filled.settle(true));
  console.error(`hours and days added up in ${Math.round((performance.now() - settled) / 1_000)} s`);
  if (isSqlite) await database.query('PRAGMA wal_checkpoint(TRUNCATE)');
  await sql?.query(`ANALYZE TABLE ${callEntities.map((entity) => database.getMetadata(entity).tableName)}`);
  await sql?.end();
  await database.destroy();
  console.log(`filled ${CALLS.toLocaleString('en')} calls in ${Math.round((performance.now() - began) / 1_000)} s`);
}

/** What the drain of a backlog reaches at that size, and what it costs. */
async function drain() {
  const database = await openCalls();
  const dir = mkdtempSync(join(tmpdir(), 'keystile-log-scale-journal-'));
  const journal = new Journal({ dir, maxBytes: 2 ** 40, sync: 'process', replica: 'drain' }, console.error, new Date());
  journal.open();
  const ids = new CallIds();
  const count = Number(options.drained);
  const now = Date.now() - 10 * 60_000;
  for (let i = 0; i < count; i++) {
    journal.append(aCall(ids.next(new Date(now + (i / count) * 10 * 60_000))), 'whole');
    if (i % 500 === 499) journal.flush();
  }
  journal.flush();
  const drained = new CallDrain(database, new CallTerms(database), () => new Date(), journal.run, journal.folder, DRAIN_BATCH);
  const warm = await drained.storeNext(0);
  const [began, cpu, server] = [performance.now(), process.cpuUsage(), serverCpu()];
  let stored = warm.drained;
  while (stored < count) ({ drained: stored } = await drained.storeNext(stored));
  const seconds = (performance.now() - began) / 1_000;
  const rows = count - warm.drained;
  const used = process.cpuUsage(cpu);
  const serverUsed = server === undefined ? '' : `, of the server ${((serverCpu() - server) / rows).toFixed(0)} µs`;
  console.log(
    `drained ${rows.toLocaleString('en')} calls in ${seconds.toFixed(1)} s: ${Math.round(rows / seconds).toLocaleString('en')} rows/s, ` +
      `CPU of the drain ${((used.user + used.system) / rows).toFixed(0)} µs a row${serverUsed}, load ${loadavg()[0].toFixed(1)}`,
  );
  await drained.finish(null);
  journal.close(true);
  await database.destroy();
  rmSync(dir, { recursive: true, force: true });
}

async function read() {
  const service = await start();
  const { email, password } = state.person;
  const { accessToken: token } = await service.post('/v1/auth/login', { email, password, transport: 'bearer' });
  const rounds = [];
  while (rounds.length < Number(options.rounds)) {
    console.error(`round ${rounds.length + 1}, load ${loadavg()[0].toFixed(1)}`);
    rounds.push(await readOnce((path) => service.get(path, token)));
  }
  await service.stop();
  console.log(
    `\n${isSqlite ? 'SQLite' : 'MariaDB'}, ${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, ` +
      `${rounds.length} rounds of ${SAMPLES} samples each\n`,
  );
  const rows = rounds[0].map(({ name }, i) => ({
    name,
    p50: median(rounds.map((round) => round[i].p50)),
    p95s: rounds.map((round) => round[i].p95),
  }));
  console.log('| page or report | p50 ms | p95 ms | of each round |\n| --- | --- | --- | --- |');
  const bold = (ms) => (ms > GOAL_MS ? `**${ms.toFixed(1)}**` : ms.toFixed(1));
  for (const { name, p50, p95s } of rows) {
    console.log(`| ${name} | ${p50.toFixed(1)} | ${bold(median(p95s))} | ${p95s.map((p95) => p95.toFixed(1)).join(', ')} |`);
  }
  const within = (p95Of) => rows.filter((row) => p95Of(row) <= GOAL_MS).length;
  const each = rounds.map((_, i) => within(({ p95s }) => p95s[i])).join(', ');
  console.log(`\n${within(({ p95s }) => median(p95s))} of ${rows.length} within ${GOAL_MS} ms; in each round ${each}`);
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

async function readOnce(ask) {
  const list = async (query) => JSON.parse((await ask(`/v1/call-logs?${query}`)).text);
  const at = (share) => new Date(state.end - (1 - share) * DAYS * DAY_MS).toISOString();
  const [busy, rare] = [state.keys[0].id, state.keys.at(-1).id];
  const sample = (await list(`limit=1&to=${at(0.5)}`)).data[0];
  const filters = {
    'no filter': '',
    'busy key': `keyId=${busy}`,
    'rare key': `keyId=${rare}`,
    user: `principalId=${state.userId}`,
    'status 200': 'status=200',
    'status 500': 'status=500',
    'status class 4xx': 'statusClass=4xx',
    'status class 5xx': 'statusClass=5xx',
    code: 'code=rate_limited',
    method: 'method=POST',
    'method nobody used': 'method=DELETE',
    path: `path=${encodeURIComponent(sample.path)}`,
    'path prefix': `path=${encodeURIComponent('/v1/things/7/*')}`,
    route: `route=${encodeURIComponent(sample.route)}`,
    ip: `ip=${sample.ip}`,
    environment: 'environment=test',
    'request id': `requestId=${sample.requestId}`,
    latency: 'minLatencyMs=40',
    'key and status': `keyId=${busy}&status=404`,
  };
  const rows = [];
  const measure = async (name, paths) => {
    const times = [];
    const firstBytes = [];
    let bytes = 0;
    for (const path of [...paths.slice(0, WARM_UP), ...paths]) {
      const answer = await ask(path);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      times.push(answer.ms);
      firstBytes.push(answer.firstByteMs);
      bytes = Math.max(bytes, answer.bytes);
    }
    const sorted = (path.isExport(paths) ? firstBytes : times).slice(WARM_UP).toSorted((a, b) => a - b);
    // By nearest rank.
    const [p50, p95] = [0.5, 0.95].map((share) => sorted[Math.ceil(share * sorted.length) - 1]);
    rows.push({ name, p50, p95, bytes });
    console.error(`${name}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${bytes} bytes`);
  };
  const path = { isExport: (paths) => paths[0].includes('/export') };
  const times = (make) => Array.from({ length: SAMPLES }, (_, i) => make(i / SAMPLES));
  for (const [name, filter] of Object.entries(filters)) {
    await measure(
      `calls, ${name}, first page`,
      times(() => `/v1/call-logs?${filter}`),
    );
    await measure(
      `calls, ${name}, middle`,
      times((share) => `/v1/call-logs?${filter}&to=${at(0.35 + share * 0.3)}`),
    );
    await measure(
      `calls, ${name}, last pages`,
      times((share) => `/v1/call-logs?${filter}&to=${at(0.001 + share * 0.01)}`),
    );
  }
  const cursors = [];
  for (let page = await list('limit=100'); cursors.length < SAMPLES; page = await list(`limit=100&cursor=${page.nextCursor}`))
    cursors.push(page.nextCursor);
  await measure(
    'calls, 100 a page, by cursor',
    cursors.map((cursor) => `/v1/call-logs?limit=100&cursor=${cursor}`),
  );
  const found = (await list(`limit=100&to=${at(0.4)}`)).data.map(({ requestId }) => requestId);
  await measure(
    'one call',
    times((share) => `/v1/call-logs/${found[Math.floor(share * 100)]}`),
  );
  await measure(
    'completeness',
    times(() => '/v1/call-logs/completeness'),
  );
  await measure(
    'retention',
    times(() => '/v1/call-logs/retention'),
  );
  for (const groupBy of ['', 'key', 'route', 'status', 'code']) {
    const group = groupBy && `&groupBy=${groupBy}`;
    const words = groupBy && ` by ${groupBy}`;
    await measure(
      `usage, a day by the hour${words}`,
      times((share) => `/v1/usage?from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 1)}${group}`),
    );
    await measure(
      `usage, 7 days by the hour${words}`,
      times((share) => `/v1/usage?from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 7)}${group}`),
    );
    await measure(
      `usage, 31 days by the day (Asia/Kolkata)${words}`,
      times(
        (share) =>
          `/v1/usage?interval=day&timeZone=Asia/Kolkata&from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 31)}${group}`,
      ),
    );
    if (groupBy === 'key') {
      await measure(
        'usage, 7 days by the hour (Asia/Kolkata) by key',
        times((share) => `/v1/usage?timeZone=Asia/Kolkata&from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 7)}${group}`),
      );
      await measure(
        'usage, 31 days by the day (Europe/Berlin) by key',
        times(
          (share) =>
            `/v1/usage?interval=day&timeZone=Europe/Berlin&from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 31)}${group}`,
        ),
      );
      await measure(
        'usage, 6 hours by the minute by key',
        times((share) => `/v1/usage?interval=minute&from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 0.25)}${group}`),
      );
    }
    if (groupBy)
      await measure(
        `top, 31 days${words}`,
        times((share) => `/v1/usage/top?from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 31)}${group}`),
      );
  }
  await measure(
    'usage, 6 hours by the minute',
    times((share) => `/v1/usage?interval=minute&from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 0.25)}`),
  );
  await measure(
    'usage of a key, 31 days',
    times(
      (share) => `/v1/usage?interval=day&timeZone=UTC&keyId=${busy}&from=${at(0.1 + share * 0.5)}&to=${plus(at(0.1 + share * 0.5), 31)}`,
    ),
  );
  for (const [name, id] of [
    ['busy', busy],
    ['rare', rare],
  ]) {
    await measure(
      `use of the ${name} key, 30 days`,
      times(() => `/v1/api-keys/${id}/usage?days=30`),
    );
    await measure(
      `use of the ${name} key, 90 days`,
      times(() => `/v1/api-keys/${id}/usage?days=90`),
    );
    await measure(
      `impact of the ${name} key`,
      times(() => `/v1/api-keys/${id}/impact`),
    );
  }
  for (const format of ['csv', 'ndjson']) {
    await measure(
      `export ${format}, first byte`,
      times((share) => `/v1/call-logs/export?format=${format}&from=${at(0.5)}&to=${plus(at(0.5), 0.02 + share * 0.01)}`),
    );
    await measure(
      `export ${format} of a rare key, first byte`,
      times(() => `/v1/call-logs/export?format=${format}&keyId=${rare}`),
    );
  }
  await measure(
    'audit events',
    times(() => '/v1/audit-events'),
  );
  return rows;
}

function plus(time, days) {
  return new Date(Date.parse(time) + days * DAY_MS).toISOString();
}

/** A call of the stream: few keys and routes make most of them. */
function aCall(callId) {
  const own = random() < 0.3;
  const k = skewed(own ? OWN_KEYS : OTHER_KEYS, 3);
  const organization = own ? 0 : 1 + (k % (ORGANIZATIONS - 1));
  const route = (k * 7 + skewed(4, 2)) % ROUTES;
  const isUser = own && random() < 0.02;
  const luck = random();
  const [status, code] =
    luck < 0.95
      ? [200, null]
      : luck < 0.975
        ? [404, 'not_found']
        : luck < 0.99
          ? [403, 'insufficient_scope']
          : luck < 0.998
            ? [429, 'rate_limited']
            : [500, 'internal_error'];
  const organizationId = own ? state.organizationId : `org_${String(organization).padStart(26, '0')}`;
  const key = own ? state.keys[k] : { id: `key_${String(k).padStart(26, '0')}`, prefix: `ks_live_${String(k).padStart(12, 'a')}` };
  const caller = { organizationId, environment: k % 20 === 19 ? 'test' : 'live', realm: 'default' };
  return {
    ...callId,
    method: route % 3 === 0 ? 'POST' : 'GET',
    path: `/v1/things/${route}/${skewed(1_000, 1)}`,
    ip: `10.${k % 250}.${organization}.${skewed(20, 3)}`,
    userAgent: `client/${k % 40}.${skewed(5, 2)}`,
    referrer: null,
    inboundRequestId: null,
    route: `/v1/things/${route}/:id`,
    requiredScopes: [`thing_${route % 10}.read`],
    principal: isUser
      ? { ...caller, type: 'user', id: state.userId, userId: state.userId, credentialPrefix: null, keyName: null }
      : { ...caller, type: 'api_key', id: key.id, userId: null, credentialPrefix: key.prefix, keyName: `key ${k}` },
    suspect: null,
    presentedPrefix: null,
    code,
    subjectKeyId: null,
    status,
    latencyMicroseconds: Math.floor(3_000 * Math.exp(3 * (random() + random() - 1))),
    responseBytes: 600 + skewed(2_000, 2),
  };
}

/** The same numbers each time. */
function random() {
  random.state = (Math.imul(random.state ?? 20_260_115, 1_664_525) + 1_013_904_223) >>> 0;
  return random.state / 2 ** 32;
}

function skewed(count, power) {
  return Math.floor(count * random() ** power);
}

function openCalls() {
  return openDatabase(databaseUrl ?? `sqlite:${join(folder, 'calls.sqlite')}`, callEntities);
}

function connect(database) {
  return require('mysql2/promise').createConnection({ uri: options.database, database });
}

async function onServer(sql) {
  const connection = await connect();
  await connection.query(sql);
  await connection.end();
}

/** Microseconds that a MariaDB on this machine has used; `MARIADB_PID` says which. */
function serverCpu() {
  if (process.env.MARIADB_PID === undefined) return undefined;
  const fields = readFileSync(`/proc/${process.env.MARIADB_PID}/stat`, 'utf8').split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10_000;
}

async function start() {
  const env = { PATH: process.env.PATH, DATA_DIR: folder, PORT: '0', NODE_ENV: 'development', LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, [new URL('../dist/main.js', import.meta.url).pathname], {
    env: { ...env, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let text = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const [, address] = /(http:\/\/\S+)\/docs/.exec(text) ?? [];
      // The last thing it prints: how to set it up, or what to try.
      if (address && /Set it up .*\n[^\n]*\n|Try it .*\n/.test(text)) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}`)));
  });
  const headers = (token) => (token ? { authorization: `Bearer ${token}` } : {});
  return {
    printed: () => text,
    get: async (path, token) => {
      const began = performance.now();
      const answer = await fetch(url + path, { headers: headers(token) });
      const chunks = [];
      let firstByteMs;
      for await (const chunk of answer.body) {
        firstByteMs ??= performance.now() - began;
        chunks.push(chunk);
      }
      const body = Buffer.concat(chunks);
      return { status: answer.status, text: body.toString(), bytes: body.length, firstByteMs, ms: performance.now() - began };
    },
    post: async (path, body, token) => {
      const answer = await fetch(url + path, {
        method: 'POST',
        headers: { ...headers(token), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    stop: () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      return ended;
    },
  };
}
