// A million well-formed keys that do not exist: `npm run build && node --expose-gc bench/flood.mjs`. How much
// memory they leave behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
process.exit(after.rss - before.rss < 64 * MIB ? 0 : 1);
