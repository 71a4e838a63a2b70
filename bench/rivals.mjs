// What one call costs beside what others build on: `npm run build && node bench/rivals.mjs`. Installs bench/rivals first.
//
// All servers are Nest on Fastify with one route and one answer, each a process, and run at once; this process is their load. A round
// measures one after the other, each time in another order, by CPU time per call: the machine may be busy with other things.
// `closed`: 32 connections that ask again as soon as they are answered. `open`: calls come at their times.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startServer } from './cpu.mjs';
import { closedLoop, openCallers, openLoop } from './load.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = Number(process.env.BENCH_CALLS ?? 3_000);
const PER_SECOND = Number(process.env.BENCH_PER_SECOND ?? 500);
const CONNECTIONS = 32;
const PATH = '/v1/roles/auditor';
const LOOPS = ['closed', 'open'];
const RIVALS = new URL('rivals/', import.meta.url);
const RESULTS = new URL('results.md', import.meta.url);
const TITLE = '## Beside others';

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
async function measure({ server, token, calls = CALLS, perSecond = PER_SECOND }, loop) {
  const callers = await openCallers(server.url, PATH, token, CONNECTIONS);
  const before = await server.cpu();
  await (loop === 'open' ? openLoop(callers, calls, perSecond) : closedLoop(callers, calls));
  // What is written after the answer belongs to the call.
  const after = await (server.tell?.('store') ?? server.cpu());
  for (const { socket } of callers) socket.destroy();
  return (after - before) / calls;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

if (!existsSync(new URL('node_modules', RIVALS))) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: RIVALS, stdio: 'inherit' });
const dataDir = mkdtempSync(join(tmpdir(), 'keystile-bench-'));
const service = await startServer('service-server.mjs', { env: { NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' } });
const token = await makeKey(service);
const answer = JSON.stringify(await send(service.url, 'GET', PATH, { token }));
const rival = async (file, ...args) => {
  const server = await startServer(`rivals/${file}`, { args: [answer, ...args] });
  return { server, token: server.token };
};
const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, RIVALS), 'utf8')).version;
const betterAuth = `better-auth ${version('better-auth')}, @better-auth/api-key ${version('@better-auth/api-key')}`;
const variants = [
  { name: 'bare Nest + Fastify route', server: await startServer('bare-server.mjs', { args: [answer] }) },
  { name: 'Keystile: key, scope, rate limit, row of the call stored', server: service, token },
  { name: `${betterAuth}: fastest settings, no rate limit, no row`, ...(await rival('better-auth-server.mjs', 'fastest')) },
  { name: `${betterAuth}: defaults on SQLite, no row`, ...(await rival('better-auth-server.mjs', 'defaults')) },
  // One such call costs as much as a thousand of the others: fewer will do.
  {
    name: `passport-headerapikey ${version('passport-headerapikey')}, bcrypt of cost 10, no row`,
    ...(await rival('passport-server.mjs')),
    calls: 60,
    perSecond: 15,
  },
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
await Promise.all([...new Set(variants.map(({ server }) => server))].map((server) => server.stop()));
rmSync(dataDir, { recursive: true, force: true });

const times = (loop, of, to) => median(costs[loop][of].map((cost, round) => cost / costs[loop][to][round])).toFixed(2);
const rows = LOOPS.flatMap((loop) =>
  variants.map(
    ({ name }, i) => `| ${loop} | ${name} | ${median(costs[loop][i]).toFixed(0)} | ${times(loop, i, 0)} | ${times(loop, i, 1)} |`,
  ),
);
const table = [
  `### ${new Date().toISOString().slice(0, 10)}, \`node bench/rivals.mjs\``,
  '',
  `Node ${process.versions.node}, ${cpus().length} cores (load ${loadavg()[0].toFixed(1)}), ${CONNECTIONS} connections, ${ROUNDS} rounds of ${CALLS} calls each;`,
  `open: ${PER_SECOND} a second. With bcrypt 60 calls, 15 a second. Medians of CPU time, and of its ratios within a round.`,
  '',
  '| loop | route | CPU µs per call | times bare | times Keystile |',
  '| --- | --- | --- | --- | --- |',
  ...rows,
  '',
].join('\n');
process.stdout.write(`${table}\n`);
if (process.env.BENCH_WRITE !== 'no') writeFileSync(RESULTS, withTable(readFileSync(RESULTS, 'utf8'), table));

/** In place of what our section said before; others are left alone. */
function withTable(text, added) {
  const start = text.indexOf(TITLE);
  const next = start < 0 ? -1 : text.indexOf('\n## ', start);
  const before = start < 0 ? text : text.slice(0, start);
  return `${before.trimEnd()}\n\n${TITLE}\n\n${added}${next < 0 ? '' : text.slice(next)}`;
}
