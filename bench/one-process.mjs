// What one call costs the server, next to the bare framework: `npm run build && node bench/one-process.mjs`.
//
// The servers run at once, each a process; this process is their load. A round measures one after the other, each time in another order,
// and what counts is the ratio of CPU time per call within a round: the machine may be busy with other things, all suffer alike.
// `closed`: 32 connections that ask again as soon as they are answered, so that the server is saturated. `open`: calls come at their times.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startServer } from './cpu.mjs';
import { closedLoop, openCallers, openLoop } from './load.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = Number(process.env.BENCH_CALLS ?? 12_000);
const CONNECTIONS = 32;
const PER_SECOND = Number(process.env.BENCH_PER_SECOND ?? 2_000);
const LOOPS = (process.env.BENCH_LOOPS ?? 'closed,open').split(',');
const PATH = '/v1/roles/auditor';
const RESULTS = new URL('results.md', import.meta.url);
const TITLE = '## One process';

async function send(base, method, path, { token, body }) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return answer.json();
}

/** One key with one scope and a limit that nobody reaches, made as people make it. */
async function makeKey({ url, setupLink }) {
  const person = { email: 'owner@example.com', password: 'correct horse battery', name: 'Owner', organizationName: 'Acme' };
  const { accessToken } = await send(url, 'POST', '/v1/setup', {
    body: { token: setupLink.split('#')[1], transport: 'bearer', ...person },
  });
  const body = { name: 'bench', scopes: ['role.read'], rateLimit: { limit: 1_000_000, windowSeconds: 1 } };
  const { key } = await send(url, 'POST', '/v1/api-keys', { token: accessToken, body });
  return key;
}

/** CPU microseconds of the server per call. */
async function measure({ server, token, stores = false }, loop) {
  const callers = await openCallers(server.url, PATH, token, CONNECTIONS);
  const before = await server.tell('hold');
  await (loop === 'open' ? openLoop(callers, CALLS, PER_SECOND) : closedLoop(callers, CALLS));
  const answered = await server.cpu();
  const stored = await server.tell('store');
  for (const { socket } of callers) socket.destroy();
  return ((stores ? stored : answered) - before) / CALLS;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-bench-'));
const service = await startServer('service-server.mjs', { env: { NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' } });
const token = await makeKey(service);
const answer = JSON.stringify(await send(service.url, 'GET', PATH, { token }));
const bare = await startServer('bare-server.mjs', { args: [answer] });
const batched = await startServer('bare-server.mjs', { args: [answer, 'batched'] });
const variants = [
  { name: 'bare Nest + Fastify route', server: bare },
  { name: 'the same, answers of a turn leave together', server: batched },
  { name: 'Keystile: key, scope, rate limit, row in the journal', server: service, token },
  { name: 'the same, and the row stored by the same process', server: service, token, stores: true },
];
const costs = Object.fromEntries(LOOPS.map((loop) => [loop, variants.map(() => [])]));
for (const variant of variants) await measure(variant, 'closed');
for (let round = 0; round < ROUNDS; round++) {
  for (const loop of LOOPS) {
    for (let i = 0; i < variants.length; i++) {
      const at = (i + round) % variants.length;
      costs[loop][at].push(await measure(variants[at], loop));
      await pause(50);
    }
    process.stderr.write(`round ${round + 1}, ${loop}: ${costs[loop].map((each) => each.at(-1).toFixed(0)).join(' / ')} µs\n`);
  }
}
await Promise.all([service, bare, batched].map((server) => server.stop()));
rmSync(dataDir, { recursive: true, force: true });

const ratio = (loop, to, of) => median(costs[loop][to].map((cost, round) => cost / costs[loop][of][round])).toFixed(2);
const rows = LOOPS.flatMap((loop) =>
  variants.map(
    ({ name }, i) => `| ${loop} | ${name} | ${median(costs[loop][i]).toFixed(0)} | ${ratio(loop, 0, i)} | ${ratio(loop, 1, i)} |`,
  ),
);
const store = process.env.DATABASE_URL ? new URL(process.env.DATABASE_URL).protocol.replace(':', '') : 'sqlite';
const label = process.env.BENCH_LABEL ? `, ${process.env.BENCH_LABEL}` : '';
const table = [
  `### ${new Date().toISOString().slice(0, 10)}, ${store}${label}`,
  '',
  `Node ${process.versions.node}, ${cpus().length} cores (load ${loadavg()[0].toFixed(1)}), ${CONNECTIONS} connections, ${ROUNDS} rounds of ${CALLS} calls each; open: ${PER_SECOND} a second.`,
  '',
  '| loop | route | CPU µs per call (median) | bare to it (1.00 is free) | batched bare to it |',
  '| --- | --- | --- | --- | --- |',
  ...rows,
  '',
].join('\n');
process.stdout.write(`${table}\n`);
if (process.env.BENCH_WRITE !== 'no') writeFileSync(RESULTS, withTable(readResults(), table));

function readResults() {
  try {
    return readFileSync(RESULTS, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return '# Results\n';
  }
}

/** Adds to our section and leaves the others alone. */
function withTable(text, added) {
  const start = text.indexOf(TITLE);
  if (start < 0) return `${text.trimEnd()}\n\n${TITLE}\n\n${added}`;
  const next = text.indexOf('\n## ', start);
  const end = next < 0 ? text.length : next + 1;
  return `${text.slice(0, end).trimEnd()}\n\n${added}${next < 0 ? '' : `\n${text.slice(end)}`}`;
}
