// node scripts/client.mjs [--check], after `nest build`: the types of the page's client, from the OpenAPI document of the built service.
// With --check nothing is written: the exit says whether dashboard/src/api/schema.ts is what it would write.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'dashboard', 'src', 'api', 'schema.ts');
const HEADER = '// Made from the OpenAPI document by scripts/client.mjs. Do not edit.\n';

const { default: openapiTypes, astToString } = createRequire(join(root, 'dashboard', 'package.json'))('openapi-typescript');
const text = HEADER + astToString(await openapiTypes(await readDocument(), { alphabetize: true, immutable: false, silent: true }));
const current = readIfThere(target);
if (current === text) process.exit(0);
if (process.argv.includes('--check')) {
  console.error('dashboard/src/api/schema.ts is not what the service says of itself: npm run build, and commit the change.');
  process.exit(1);
}
writeFileSync(target, text);

async function readDocument() {
  const dataDir = mkdtempSync(join(tmpdir(), 'keystile-client-'));
  const service = spawn(process.execPath, [join(root, 'dist', 'main.js')], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', NODE_ENV: 'development' },
  });
  try {
    const address = await started(service);
    return await (await fetch(`${address}/openapi.json`)).json();
  } finally {
    if (service.exitCode === null) {
      service.kill('SIGTERM');
      await new Promise((resolve) => service.once('exit', resolve));
    }
    rmSync(dataDir, { recursive: true });
  }
}

function started(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error(`Not started within 30 s:\n${printed}`)), 30_000);
    const read = (chunk) => {
      printed += chunk;
      const [, address] = /(http:\/\/\S+)\/docs/.exec(printed) ?? [];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}:\n${printed}`)));
  });
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
