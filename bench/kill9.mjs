// Ends the built service with SIGKILL at a random moment under full load, starts it again, and compares what was answered with what is
// in the log: node bench/kill9.mjs [--rounds 2] [--database sqlite|mysql://user@host:port/] [--connections 64] [--ready-within 3000]
// Nothing may be missing, doubled or made up, no change may be lost, and the service has to be ready again within three seconds. Some of
// the callers guess at keys: past the limit of their address they share rows, whose counts have to add up to what they were answered.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    database: { type: 'string', default: 'sqlite' },
    connections: { type: 'string', default: '64' },
    answers: { type: 'string', default: '100' },
    shortest: { type: 'string', default: '300' },
    longest: { type: 'string', default: '2000' },
    // Starting takes as long as the machine has other work: where it has, say so.
    'ready-within': { type: 'string', default: '3000' },
  },
});
const ROUNDS = Number(options.rounds);
const CONNECTIONS = Number(options.connections);
const READY_WITHIN_MS = Number(options['ready-within']);
const GUESSERS = 4;

const require = createRequire(import.meta.url);
const { requestIdOf } = require('../dist/audit/call-id.js');
const { SqliteDatabase } = require('../dist/persistence/sqlite-driver.js');

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-kill9-'));
const database = await openDatabase();
const environment = {
  ...process.env,
  NODE_ENV: 'development',
  PORT: '0',
  DATA_DIR: dataDir,
  LOG_LEVEL: 'error',
  FAILED_AUTH_LIMIT: '20',
  ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
};

/** Starts the service; its base address, a setup link if there is one, and how long it took to be ready. */
async function start() {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['dist/main.js'], { env: environment });
  process.once('exit', () => child.kill('SIGKILL'));
  let printed = '';
  const base = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      printed += chunk;
      const found = /API reference\s+(http:\/\/\S+)\/docs/.exec(printed);
      // The last thing it prints: how to set it up, or what to try.
      if (found && /Set it up .*\n[^\n]*\n|Try it .*\n/.test(printed)) resolve(found[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}:\n${printed}`)));
  });
  while ((await call(base, 'GET', '/health/ready')).status !== 200) await new Promise((resolve) => setTimeout(resolve, 5));
  return { child, base, readyMs: performance.now() - startedAt, printed: () => printed };
}

function call(base, method, path, { as, body, headers = {}, agent } = {}) {
  return new Promise((resolve) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const sent = request(
      new URL(path, base),
      {
        method,
        agent,
        headers: {
          ...headers,
          ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
          ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', () => resolve({ status: 0 }));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = response.complete && /json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.complete ? response.statusCode : 0,
            id: response.headers['x-request-id'],
            body: isJson && text !== '' ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    sent.on('error', () => resolve({ status: 0 }));
    sent.end(payload);
  });
}

/** What the call log and the roll-ups hold, straight from the database. */
async function openDatabase() {
  if (options.database === 'sqlite') {
    return {
      url: undefined,
      read: async (sql) => {
        const file = new SqliteDatabase(join(dataDir, 'calls.sqlite'), { readonly: true });
        const rows = file.prepare(sql).all();
        file.close();
        return rows;
      },
      close: async () => undefined,
    };
  }
  const { createConnection } = require('mysql2/promise');
  const name = `keystile_kill9_${process.pid}`;
  const url = new URL(options.database);
  url.pathname = '';
  const connection = await createConnection({ uri: url.toString() });
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${name}`);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    read: async (sql) => (await connection.query(sql))[0],
    close: async () => {
      await connection.query(`DROP DATABASE ${name}`);
      await connection.end();
    },
  };
}

process.setMaxListeners(ROUNDS + 20);
const sent = new Set();
const acknowledged = new Map();
const created = new Set();
const guesses = { sent: 0, unknown: new Set(), refused: 0 };
const totals = { missing: 0, doubled: 0, phantom: 0, miscounted: 0, changesLost: 0, slowestReadyMs: 0 };
let counter = 0;
let service = await start();
const [, link] = /\/api-management\/setup#(\S+)/.exec(service.printed());
const person = { email: 'owner@example.com', password: 'correct horse battery' };
const owner = await call(service.base, 'POST', '/v1/setup', {
  body: { token: link, ...person, name: 'Owner', organizationName: 'Acme', transport: 'bearer' },
});
let token = owner.body.accessToken;
const key = (await call(service.base, 'POST', '/v1/api-keys', { as: token, body: { name: 'load', scopes: ['*'] } })).body.key;

for (let round = 1; round <= ROUNDS; round++) {
  const before = acknowledged.size;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS + GUESSERS + 1 });
  let isOver = false;
  const ended = new Promise((resolve) => service.child.once('exit', resolve));
  const paths = ['/v1/whoami', '/v1/whoami', '/v1/whoami', '/nothing', '/v1/api-keys?limit=1', '/dashboard-that-is-not'];
  const client = async () => {
    while (!isOver) {
      const name = `k9-${(counter += 1)}`;
      sent.add(name);
      const answer = await call(service.base, 'GET', paths[counter % paths.length], { as: key, agent, headers: { 'x-request-id': name } });
      if (answer.status !== 0) acknowledged.set(answer.id, name);
    }
  };
  const changer = async () => {
    while (!isOver) {
      const answer = await call(service.base, 'POST', '/v1/api-keys', {
        as: token,
        agent,
        body: { name: `key ${(counter += 1)}`, scopes: [] },
      });
      if (answer.status === 201) created.add(answer.body.id);
    }
  };
  const guesser = async () => {
    while (!isOver) {
      guesses.sent += 1;
      const answer = await call(service.base, 'GET', '/v1/whoami', { as: 'ks_live_guessed', agent });
      if (answer.status === 401) guesses.unknown.add(answer.id);
      if (answer.status === 429) guesses.refused += 1;
    }
  };
  const clients = [...Array.from({ length: CONNECTIONS }, client), ...Array.from({ length: GUESSERS }, guesser), changer()];
  const { shortest, longest } = options;
  await new Promise((resolve) => setTimeout(resolve, Number(shortest) + Math.random() * (Number(longest) - Number(shortest))));
  // A machine that has other work may not have answered much by then.
  while (acknowledged.size - before < Number(options.answers)) await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  service.child.kill('SIGKILL');
  isOver = true;
  await ended;
  await Promise.all(clients);
  agent.destroy();

  service = await start();
  const login = await call(service.base, 'POST', '/v1/auth/login', { body: { ...person, transport: 'bearer' } });
  token = login.body.accessToken;
  // A read waits for what the killed process left.
  for (let i = 0; i < 200; i++) {
    const list = await call(service.base, 'GET', '/v1/call-logs?limit=1', { as: token });
    const [{ unfinished }] = await database.read(
      'SELECT COUNT(*) AS unfinished FROM keystile_call_log_watermarks WHERE finished_at IS NULL',
    );
    if (list.status === 200 && Number(unfinished) <= 1) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await report(round, acknowledged.size - before);
}

async function report(round, answers) {
  const rows = await database.read('SELECT id, tail, inbound_request_id AS name, code, calls FROM keystile_call_logs');
  const ids = new Set();
  const names = new Set();
  const found = { missing: 0, doubled: 0, phantom: 0, miscounted: 0, changesLost: 0 };
  const refused = { rows: 0, calls: 0 };
  for (const { id, tail, name, code, calls } of rows) {
    if (code === 'rate_limited') {
      refused.rows += 1;
      refused.calls += Number(calls);
    }
    ids.add(requestIdOf({ id: Number(id), tail: Number(tail) }));
    if (name === null) continue;
    if (names.has(name)) found.doubled += 1;
    if (!sent.has(name)) found.phantom += 1;
    names.add(name);
  }
  for (const [id, name] of acknowledged) if (!ids.has(id) || !names.has(name)) found.missing += 1;
  for (const id of guesses.unknown) if (!ids.has(id)) found.missing += 1;
  found.missing += Math.max(0, guesses.refused - refused.calls);
  // Of those that were cut off nobody knows what they would have been told.
  found.phantom += Math.max(0, refused.calls - (guesses.sent - guesses.unknown.size));
  const tables = ['keystile_usage_by_key', 'keystile_usage_by_route', 'keystile_usage_by_code'];
  // In one statement, because calls go on being stored meanwhile.
  const sums = tables.map((table) => `(SELECT SUM(calls) FROM ${table}) AS ${table}`).join(', ');
  const [counts] = await database.read(`SELECT ${sums}, SUM(calls) AS calls FROM keystile_call_logs`);
  for (const table of tables) found.miscounted += Math.abs(Number(counts[table]) - Number(counts.calls));
  const kept = new Set();
  for (const id of created) {
    if ((await call(service.base, 'GET', `/v1/api-keys/${id}`, { as: token })).status === 200) kept.add(id);
  }
  found.changesLost = created.size - kept.size;
  created.clear();
  const chain = await call(service.base, 'GET', '/v1/audit-events/verify', { as: token });
  for (const [name, count] of Object.entries(found)) totals[name] += count;
  totals.slowestReadyMs = Math.max(totals.slowestReadyMs, service.readyMs);
  console.log(
    `round ${round}: ${answers} answered, ${guesses.refused} guesses refused so far (${refused.calls} in ${refused.rows} rows), ${JSON.stringify(found)}, ready after ${Math.round(service.readyMs)} ms, chain ${chain.body?.valid ? 'valid' : JSON.stringify(chain.body)}`,
  );
  if (!chain.body?.valid) totals.chainBroken = true;
}

const stopped = new Promise((resolve) => service.child.once('exit', resolve));
service.child.kill('SIGTERM');
await stopped;
await database.close();
rmSync(dataDir, { recursive: true, force: true });
const { slowestReadyMs, chainBroken = false, ...losses } = totals;
console.log(
  `${ROUNDS} rounds on ${options.database === 'sqlite' ? 'SQLite' : 'the server'}: ${acknowledged.size} answered calls, ${JSON.stringify(losses)}, slowest start ${Math.round(slowestReadyMs)} ms`,
);
if (Object.values(losses).some((count) => count > 0) || chainBroken || slowestReadyMs > READY_WITHIN_MS) process.exit(1);
