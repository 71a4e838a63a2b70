// Exports a million calls, as CSV and as NDJSON, and says how much more memory the service took for it: at most 100 MiB.
// Runs against the build: npm run build && node bench/export-memory.mjs [rows]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(join(root, 'package.json'));
const Database = require('libsql');

const ROWS = Number(process.argv[2] ?? 1_000_000);
const MOST_MIB = 100;
const PASSWORD = 'correct horse battery staple';

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-export-'));
let service;
try {
  const first = await start();
  service = first.child;
  const token = await setUp(first.url, first.printed());
  await call(first.url, '/v1/whoami', token);
  await call(first.url, '/v1/call-logs', token);
  await stop(first.child);
  fill();
  const { child, url } = await start();
  service = child;
  const session = await login(url);
  for (const format of ['csv', 'ndjson']) {
    const before = rssOf(child);
    const { lines, bytes, seconds, peak } = await download(url, format, session, child);
    const extra = (peak - before) / 1024;
    console.log(
      `${format}: ${lines.toLocaleString('en')} lines, ${(bytes / 2 ** 20).toFixed(0)} MiB in ${seconds.toFixed(1)} s, ` +
        `${(before / 1024).toFixed(0)} MiB before, ${extra.toFixed(0)} MiB more at the peak`,
    );
    assert.ok(lines >= ROWS, `only ${lines} lines`);
    assert.ok(extra < MOST_MIB, `${extra} MiB more`);
  }
} finally {
  if (service) await stop(service);
  rmSync(dataDir, { recursive: true });
}

async function start() {
  const child = spawn(process.execPath, [join(root, 'dist/main.js')], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', NODE_ENV: 'development', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const [, address] = /(http:\/\/\S+)\/docs/.exec(text) ?? [];
      if (address) setTimeout(() => resolve(address), 200);
    });
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}`)));
  });
  return { child, url, printed: () => text };
}

async function stop(child) {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

async function setUp(url, printed) {
  const [, token] = /setup#(\S+)/.exec(printed);
  const person = { email: 'owner@example.com', password: PASSWORD, name: 'Olivia', organizationName: 'Acme' };
  const { accessToken } = await post(url, '/v1/setup', { token, ...person, transport: 'bearer' });
  return accessToken;
}

async function login(url) {
  const answer = await post(url, '/v1/auth/login', { email: 'owner@example.com', password: PASSWORD, transport: 'bearer' });
  return answer.accessToken;
}

async function post(url, path, body) {
  const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

async function call(url, path, token) {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  await answer.text();
}

/** Copies the row of a real call until there are enough, each a little earlier than the last. */
function fill() {
  const database = new Database(join(dataDir, 'calls.sqlite'));
  const columns = database
    .prepare('PRAGMA table_info(keystile_call_logs)')
    .all()
    .map(({ name }) => name);
  const others = columns.filter((name) => name !== 'id').join(', ');
  database.exec('CREATE TEMP TABLE seed AS SELECT * FROM keystile_call_logs WHERE organization_number IS NOT NULL ORDER BY id LIMIT 1');
  database.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO keystile_call_logs (id, ${others}) SELECT seed.id - n.i * 4096, ${others.replace(/(^|, )/g, '$1seed.')} FROM n, seed`);
  database.close();
}

async function download(url, format, token, child) {
  const began = performance.now();
  let [lines, bytes, peak] = [0, 0, 0];
  const watch = setInterval(() => (peak = Math.max(peak, rssOf(child))), 20);
  const answer = await fetch(`${url}/v1/call-logs/export?format=${format}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines++;
  }
  clearInterval(watch);
  return { lines, bytes, peak: Math.max(peak, rssOf(child)), seconds: (performance.now() - began) / 1_000 };
}

/** KiB, as Linux says it. */
function rssOf({ pid }) {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kib);
}
