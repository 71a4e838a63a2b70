// node scripts/package.mjs, after a build: the package as a team outside of this repository gets it. It is packed, looked at by publint and
// are-the-types-wrong, installed into an empty application in a folder of its own, compiled there and run on both adapters.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const manifest = (directory) => JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
const say = (words) => process.stdout.write(`${words}\n`);
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

if (!existsSync(join(root, 'dist', 'index.js'))) throw new Error('There is no build to pack: npm run build');
const folder = mkdtempSync(join(tmpdir(), 'keystile-package-'));
try {
  const [{ filename, files, unpackedSize }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  );
  const tarball = join(folder, filename);
  refuseStrangers(files.map(({ path }) => path));
  say(`  packed: ${files.length} files, ${Math.round(unpackedSize / 1024)} KiB`);
  run(bin('publint'), ['run', tarball, '--strict'], root);
  run(bin('attw'), [tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji', '--quiet'], root);
  say('  publint and are-the-types-wrong have nothing to say');

  const app = join(folder, 'app');
  cpSync(join(root, 'scripts', 'package-app'), app, { recursive: true });
  install(app, tarball);
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', app], app);
  say('  an application of its own compiles with it, and a misspelt scope does not');
  say(run(process.execPath, ['app.js'], app).trimEnd());
  run(process.execPath, ['--test', 'tests.js'], app);
  run(
    process.execPath,
    ['--input-type=module', '--eval', "import { KeystileModule } from 'keystile'; if (!KeystileModule) process.exit(1);"],
    app,
  );
  say('  a test without a database server passes, and an ES module can import it');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What only this repository needs stays in it. */
function refuseStrangers(paths) {
  const strangers = paths.filter((path) => /(?:^|\/)(?:test|bench|examples|deploy|node_modules)\/|\.spec\.|\.env|\.map$/.test(path));
  if (strangers.length > 0) throw new Error(`The package holds what nobody outside needs: ${strangers.slice(0, 5).join(', ')}`);
}

/** As a team does it; without a registry, by links to what this repository has installed. */
function install(app, tarball) {
  const { dependencies, optionalDependencies, peerDependencies } = manifest(root);
  const installed = (name) => manifest(join(root, 'node_modules', name)).version;
  const own = [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-express',
    '@nestjs/platform-fastify',
    'reflect-metadata',
    'rxjs',
    'typeorm',
    '@types/node',
  ];
  const wanted = Object.fromEntries(own.map((name) => [name, installed(name)]));
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name: 'a-team', private: true, type: 'commonjs', dependencies: { ...wanted, keystile: `file:${tarball}` } }),
  );
  try {
    run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], app);
    say('  installed from its tarball into an empty application');
  } catch {
    const modules = join(app, 'node_modules');
    rmSync(modules, { recursive: true, force: true });
    mkdirSync(join(modules, 'keystile'), { recursive: true });
    run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'keystile')], app);
    for (const name of new Set([...own, ...Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })]))
      link(modules, name);
    say('  no registry answers: unpacked, and linked to the packages of this repository');
  }
}

function link(modules, name) {
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir');
}
