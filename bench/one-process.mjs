// What one call costs the server, next to the bare framework: `npm run build && node bench/one-process.mjs`.
//
// Both servers run at once, each a process; this process is their load, 32 connections in a closed loop. A round measures one after
// the other, in turn the one or the other first, and what counts is the ratio of CPU time per call within a round: the machine may be
// busy with other things, both suffer alike. A round ends when the rows of its calls are stored, so that storing them is counted.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startServer } from './cpu.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const CALLS = Number(process.env.BENCH_CALLS ?? 6_000);
const CONNECTIONS = 32;
/** Rows are stored in batches, a while after the answer. */
const STORED_AFTER_MS = 400;
const PATH = '/v1/roles/auditor';
const RESULTS = new URL('results.md', import.meta.url);
const TITLE = '## One process';

const call = (agent, base, method, path, { token, body } = {}) =>
  new Promise((resolve, reject) => {
    const payload = body && JSON.stringify(body);
    const headers = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(payload ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) } : {}),
    };
    const sent = request(base + path, { method, headers, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('error', reject).on('end', () => resolve({ status: answer.statusCode, text }));
    });
    sent.on('error', reject).end(payload);
  });

/** One key with one scope, made as people make it. */
async function makeKey({ url, setupLink }) {
  const agent = new Agent();
  const person = { email: 'owner@example.com', password: 'correct horse battery', name: 'Owner', organizationName: 'Acme' };
  const set = await call(agent, url, 'POST', '/v1/setup', { body: { token: setupLink.split('#')[1], transport: 'bearer', ...person } });
  const { accessToken } = JSON.parse(set.text);
  const made = await call(agent, url, 'POST', '/v1/api-keys', { token: accessToken, body: { name: 'bench', scopes: ['role.read'] } });
  agent.destroy();
  return JSON.parse(made.text).key;
}

/** CPU microseconds of the server per call. */
async function measure(server, token, calls) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = await server.cpu();
  let left = calls;
  const worker = async () => {
    while (left-- > 0) {
      const { status } = await call(agent, server.url, 'GET', PATH, { token });
      if (status !== 200) throw new Error(`${PATH} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  await pause(STORED_AFTER_MS);
  const used = (await server.cpu()) - before;
  agent.destroy();
  return used / calls;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-bench-'));
const service = await startServer('service-server.mjs', { env: { NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' } });
const token = await makeKey(service);
const { text: answer } = await call(new Agent(), service.url, 'GET', PATH, { token });
const bare = await startServer('bare-server.mjs', { args: [answer] });
const variants = [
  { name: 'bare Nest + Fastify route', server: bare, token: undefined, costs: [] },
  { name: 'Keystile: key in the header, one scope, row stored', server: service, token, costs: [] },
];
for (const one of variants) await measure(one.server, one.token, CALLS);
for (let round = 0; round < ROUNDS; round++) {
  for (const one of round % 2 === 0 ? variants : variants.toReversed()) one.costs.push(await measure(one.server, one.token, CALLS));
  process.stderr.write(`round ${round + 1}: ${variants.map(({ costs }) => costs.at(-1).toFixed(0)).join(' / ')} µs\n`);
}
await Promise.all([service.stop(), bare.stop()]);
rmSync(dataDir, { recursive: true, force: true });

const ratios = (of) => variants[0].costs.map((cost, round) => cost / of.costs[round]);
const rows = variants.map((one) => {
  const each = ratios(one);
  const spread = `${Math.min(...each).toFixed(2)} to ${Math.max(...each).toFixed(2)}`;
  return `| ${one.name} | ${median(one.costs).toFixed(0)} | ${median(each).toFixed(2)} | ${spread} |`;
});
const store = process.env.DATABASE_URL ? new URL(process.env.DATABASE_URL).protocol.replace(':', '') : 'sqlite';
const label = process.env.BENCH_LABEL ? `, ${process.env.BENCH_LABEL}` : '';
const table = [
  `### ${new Date().toISOString().slice(0, 10)}, ${store}${label}`,
  '',
  `Node ${process.versions.node}, ${cpus().length} cores, ${CONNECTIONS} connections in a closed loop, ${ROUNDS} rounds of ${CALLS} calls each.`,
  '',
  '| route | CPU µs per call (median) | ratio to bare (median; 1.00 is free) | over the rounds |',
  '| --- | --- | --- | --- |',
  ...rows,
  '',
].join('\n');
process.stdout.write(`${table}\n`);
writeFileSync(RESULTS, withTable(readResults(), table));

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
