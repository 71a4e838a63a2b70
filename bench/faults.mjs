// What becomes of calls while MariaDB is refused, reset, frozen or slow, each for ten seconds, behind a proxy that does so on demand:
// node bench/faults.mjs --database mysql://user@host:port/ [--seconds 10] [--clients 32] [--source]
// Every answered call has to have its row afterwards, none may wait longer than 1.5 seconds, and service has to be back within two.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'mysql://root@127.0.0.1:3306/' },
    seconds: { type: 'string', default: '10' },
    clients: { type: 'string', default: '32' },
    // What stands in src/ instead of what was built last.
    source: { type: 'boolean', default: false },
  },
});
const FAULT_MS = Number(options.seconds) * 1_000;

const require = createRequire(import.meta.url);
// oxlint-disable-next-line import/no-unassigned-import -- it teaches `require` TypeScript
require('../test/support/typescript.cjs');
const { FaultProxy } = require('../test/support/fault-proxy.ts');
const { SteadyLoad } = require('../test/support/steady-load.ts');
const { requestIdOf } = require('../src/audit/call-id.ts');
const { createConnection } = require('mysql2/promise');

const server = new URL(options.database);
server.pathname = '';
const direct = await createConnection({ uri: server.toString() });
const name = `keystile_faults_${process.pid}`;
await direct.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
await direct.query(`USE ${name}`);
server.pathname = `/${name}`;
const { proxy, url: databaseUrl } = await FaultProxy.before(server.toString());

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-faults-'));
const program = options.source ? ['-r', './test/support/typescript.cjs', 'src/main.ts'] : ['dist/main.js'];
const service = spawn(process.execPath, program, {
  env: { ...process.env, NODE_ENV: 'development', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', DATABASE_URL: databaseUrl },
});
process.once('exit', () => service.kill('SIGKILL'));
let printed = '';
const base = await new Promise((resolve, reject) => {
  const read = (chunk) => {
    printed += chunk;
    const found = /API reference\s+(http:\/\/\S+)\/docs[^]*Set it up .*\n/.exec(printed);
    if (found) resolve(found[1]);
  };
  service.stdout.on('data', read);
  service.stderr.on('data', read);
  service.once('exit', (code) => reject(new Error(`The service ended with ${code}:\n${printed}`)));
});

async function call(method, path, as, body) {
  const response = await fetch(new URL(path, base), {
    method,
    headers: { ...(as ? { authorization: `Bearer ${as}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: await response.json().catch(() => undefined) };
}

const person = { email: 'owner@example.com', password: 'correct horse battery' };
const [, link] = /setup#(\S+)/.exec(printed);
await call('POST', '/v1/setup', undefined, { token: link, ...person, name: 'Owner', organizationName: 'Acme', transport: 'bearer' });
const signIn = async () => (await call('POST', '/v1/auth/login', undefined, { ...person, transport: 'bearer' })).body.accessToken;
const { key } = (await call('POST', '/v1/api-keys', await signIn(), { name: 'load', scopes: ['api_key.read'] })).body;

const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))[1]) / 1024;

async function missingOf(answers) {
  for (const deadline = Date.now() + 30_000; ; await sleep(100)) {
    const [rows] = await direct.query('SELECT id, tail FROM keystile_call_logs');
    const ids = new Set(rows.map(({ id, tail }) => requestIdOf({ id: Number(id), tail: Number(tail) })));
    const missing = answers.filter(({ requestId }) => !ids.has(requestId)).length;
    if (missing === 0 || Date.now() > deadline) return missing;
  }
}

const faults = {
  refused: () => proxy.refuse(),
  reset: () => proxy.reset(),
  frozen: () => proxy.freeze(),
  'slow by 200 ms': () => proxy.delay(100),
};
let failed = false;
for (const [fault, begin] of Object.entries(faults)) {
  const token = await signIn();
  const calls = [
    ...Array.from({ length: 9 }, () => ({ method: 'GET', path: '/v1/whoami', as: key })),
    { method: 'GET', path: '/nowhere', as: key },
    { method: 'GET', path: '/v1/whoami', as: token },
    { method: 'POST', path: '/v1/api-keys', as: token, body: { name: 'load', scopes: [] } },
  ];
  const load = new SteadyLoad(base, calls, Number(options.clients));
  await sleep(2_000);
  const before = megabytes();
  await begin();
  const begunAt = performance.now();
  await sleep(FAULT_MS);
  const ready = (await call('GET', '/health/ready')).status;
  const after = megabytes();
  const endedAt = performance.now();
  await proxy.pass();
  while ((await call('GET', '/v1/whoami', key)).status !== 200) await sleep(10);
  const backAfter = performance.now() - endedAt;
  await sleep(1_000);
  const answers = await load.stop();
  const during = answers.filter(({ at }) => at > begunAt && at < endedAt);
  const count = {};
  for (const { status } of during) count[status] = (count[status] ?? 0) + 1;
  const slowest = Math.max(...during.map(({ milliseconds }) => milliseconds));
  const missing = await missingOf(answers);
  console.log(
    `${fault}: ${during.length} answers meanwhile ${JSON.stringify(count)}, slowest ${Math.round(slowest)} ms, ready says ${ready}, ` +
      `back after ${Math.round(backAfter)} ms, rows missing ${missing} of ${answers.length}, memory ${Math.round(before)} -> ${Math.round(after)} MiB`,
  );
  failed ||= missing > 0 || backAfter > 2_000 || (fault !== 'slow by 200 ms' && slowest > 1_500);
}
const ended = new Promise((resolve) => service.once('exit', resolve));
service.kill('SIGTERM');
await ended;
await proxy.stop();
await direct.query(`DROP DATABASE ${name}`);
await direct.end();
rmSync(dataDir, { recursive: true, force: true });
if (failed) process.exit(1);
