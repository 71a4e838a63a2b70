// A million well-formed keys that do not exist: `npm run build && node --expose-gc bench/flood.mjs`. How much memory they leave behind,
// and how long a key that does exist waits for its answers while BENCH_GUESSES of them a second come over HTTP, each from an address of
// its own, so that no limit keeps them from being looked for.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServer } from './cpu.mjs';
import { openCallers, openLoop } from './load.mjs';

const require = createRequire(import.meta.url);
const { startService } = require('../dist/service.js');
const { KeyVerifier, PrefixedKeyFormat } = require('../dist/keys/index.js');

const KEYS = Number(process.env.BENCH_KEYS ?? 1_000_000);
const AT_ONCE = 10;
const MIB = 1024 * 1024;

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-bench-'));
const env = { NODE_ENV: 'test', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' };
const service = await startService(env, { print: () => undefined });
const verifier = service.app.get(KeyVerifier);
const format = new PrefixedKeyFormat('ks');

async function flood(keys) {
  for (let i = 0; i < keys; i += AT_ONCE) {
    const outcomes = await Promise.all(Array.from({ length: AT_ONCE }, () => verifier.verify(format.draw('live').token, {})));
    if (outcomes.some(({ outcome }) => outcome !== 'invalid_api_key')) throw new Error('A key that nobody issued is known');
    // Databases answer at once here; whoever else lives in the process wants a turn, too.
    if (i % 1_000 === 0) await new Promise(setImmediate);
  }
}

function memory() {
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

await flood(Math.min(20_000, KEYS));
const before = memory();
const start = performance.now();
await flood(KEYS);
const seconds = (performance.now() - start) / 1000;
const after = memory();
process.stdout.write(
  `${KEYS.toLocaleString('en')} unknown keys in ${seconds.toFixed(0)} s: resident ${Math.round(before.rss / MIB)} → ${Math.round(after.rss / MIB)} MiB, ` +
    `heap ${Math.round(before.heapUsed / MIB)} → ${Math.round(after.heapUsed / MIB)} MiB\n`,
);
await service.stop();
rmSync(dataDir, { recursive: true, force: true });

const GUESSES = Number(process.env.BENCH_GUESSES ?? 1_000);
const [quiet, flooded] = await liveCalls(GUESSES);
process.stdout.write(
  `live calls, p50 and p99: ${quiet.p50} and ${quiet.p99} ms, in the flood of ${GUESSES} guesses a second ${flooded.p50} and ${flooded.p99} ms: ` +
    `${(flooded.p99 / quiet.p99).toFixed(1)} times the p99, load ${loadavg()[0].toFixed(1)}\n`,
);
process.exit(after.rss - before.rss < 64 * MIB && flooded.p99 <= 3 * quiet.p99 ? 0 : 1);

/** How long calls of a live key take, LIVE a second, without a flood and in it; the medians of some rounds. */
async function liveCalls(perSecond) {
  const LIVE = 200;
  const SECONDS = 5;
  const ROUNDS = 5;
  const folder = mkdtempSync(join(tmpdir(), 'keystile-bench-'));
  const settings = { NODE_ENV: 'test', PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'error', TRUSTED_PROXIES: '127.0.0.1/32' };
  const server = await startServer('service-server.mjs', { env: settings });
  const send = async (path, body, as) => {
    const headers = { 'content-type': 'application/json', ...(as ? { authorization: `Bearer ${as}` } : {}) };
    return (await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const person = { email: 'owner@example.com', password: 'correct horse battery', name: 'Owner', organizationName: 'Acme' };
  const { accessToken } = await send('/v1/setup', { token: server.setupLink.split('#')[1], transport: 'bearer', ...person });
  const { key } = await send('/v1/api-keys', { name: 'live', scopes: ['role.read'] }, accessToken);
  const open = (as, count) => openCallers(server.url, '/v1/roles/auditor', as, count);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const pair = [];
    for (const isFlooded of [false, true]) {
      // Anew each time: connections that are not used are closed by the service.
      const [known, unknown] = [await open(key, 16), await open('x', 64)];
      const live = known.map((caller) => timed(caller));
      const guessers = unknown.map((caller) => guessing(caller));
      const inFlood = isFlooded ? openLoop(guessers, perSecond * SECONDS, perSecond) : undefined;
      await Promise.all([openLoop(live, LIVE * SECONDS, LIVE), inFlood]);
      for (const { socket } of [...known, ...unknown]) socket.destroy();
      const times = live.flatMap((caller) => caller.times).toSorted((a, b) => a - b);
      pair.push([0.5, 0.99].map((share) => times[Math.floor(share * times.length)]));
    }
    rounds.push(pair);
  }
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  const median = (which, part) => {
    const sorted = rounds.map((pair) => pair[which][part]).toSorted((a, b) => a - b);
    return Number(sorted[Math.floor(sorted.length / 2)].toFixed(2));
  };
  return [0, 1].map((which) => ({ p50: median(which, 0), p99: median(which, 1) }));
}

/** A caller that notes how long each answer took. */
function timed(caller) {
  const times = [];
  const ask = async () => {
    const asked = performance.now();
    await caller.ask();
    times.push(performance.now() - asked);
  };
  return { ask, times };
}

/** A caller that presents another key from another address each time, and is refused. */
function guessing(caller) {
  const { request } = caller;
  const ask = async () => {
    const address = Array.from({ length: 3 }, () => Math.floor(Math.random() * 250) + 1).join('.');
    caller.request = request.replace(/Bearer .+?\r\n/, `Bearer ${format.draw('live').token}\r\nX-Forwarded-For: 11.${address}\r\n`);
    const refusal = await caller.ask().then(
      () => 'HTTP/1.1 200',
      (error) => error.message,
    );
    // 429: so many at once may be looked for among imported keys with slow digests.
    if (!/^HTTP\/1.1 (401|429) /.test(refusal)) throw new Error(refusal);
  };
  return { ask };
}
