// node scripts/page.mjs [--if-stale]: builds the page at /api-management from dashboard/ into dashboard/dist, each file compressed beside itself.
// With --if-stale it does nothing where its sources are what they were. Two at once do not disturb each other: each builds in a folder of its own.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dashboard = join(root, 'dashboard');
const dist = join(dashboard, 'dist');
const STAMP = 'sources.txt';

const sources = digestOf([
  ...filesIn(join(dashboard, 'src')),
  ...['index.html', 'vite.config.ts', 'postcss.config.cjs', 'package.json'].map((name) => join(dashboard, name)),
  ...['page-paths.ts', 'page-labels.ts', 'page-options.ts'].map((name) => join(root, 'src', 'dashboard', name)),
  join(root, 'package-lock.json'),
  fileURLToPath(import.meta.url),
]);
const isCurrent = existsSync(join(dist, STAMP)) && readFileSync(join(dist, STAMP), 'utf8') === sources;
if (!process.argv.includes('--if-stale') || !isCurrent) await build();

async function build() {
  // Inside of Jest it is `test`, and React would be the one for developers.
  process.env.NODE_ENV = 'production';
  const outDir = mkdtempSync(join(dashboard, 'dist-'));
  try {
    const vite = await import(
      pathToFileURL(createRequire(join(dashboard, 'package.json')).resolve('vite/package.json')).href.replace(
        'package.json',
        'dist/node/index.js',
      )
    );
    await vite.build({ root: dashboard, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
    for (const file of filesIn(join(outDir, 'assets'))) compress(file);
    writeFileSync(join(outDir, STAMP), sources);
    const old = `${outDir}-old`;
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(outDir, dist);
    rmSync(old, { recursive: true, force: true });
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true });
    throw error;
  }
}

/** Once here, so that the service never does. */
function compress(file) {
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function digestOf(files) {
  const digest = createHash('sha256');
  for (const file of files)
    digest
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return digest.digest('hex');
}
