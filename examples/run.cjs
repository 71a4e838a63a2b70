// npm run example crm: builds the package and one example, and runs it. The example finds the package by its name, as any host does.
const { transformFileSync } = require('@swc/core');
const { execFileSync, spawn } = require('node:child_process');
const { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const built = join(__dirname, 'dist');
const names = readdirSync(__dirname).filter((name) => existsSync(join(__dirname, name, 'main.ts')));
const name = process.argv[2];
if (!names.includes(name)) {
  process.stderr.write(`Which one? npm run example ${names.join(' | ')}\n`);
  process.exit(1);
}

function compile(folder) {
  mkdirSync(join(built, folder), { recursive: true });
  for (const file of readdirSync(join(__dirname, folder), { withFileTypes: true })) {
    const from = join(__dirname, folder, file.name);
    if (!file.isFile() || file.name.endsWith('spec.ts')) continue;
    if (!file.name.endsWith('.ts')) {
      if (folder !== '') cpSync(from, join(built, folder, file.name));
      continue;
    }
    const { code } = transformFileSync(from, {
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
    });
    writeFileSync(join(built, folder, file.name.replace(/\.ts$/, '.js')), code);
  }
}

execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
rmSync(join(built, name), { recursive: true, force: true });
compile('');
compile(name);
const link = join(built, 'node_modules', 'keystile');
mkdirSync(link, { recursive: true });
writeFileSync(join(link, 'package.json'), JSON.stringify({ name: 'keystile', main: join('..', '..', '..', '..', 'dist', 'index.js') }));

const example = spawn(process.execPath, [join(built, name, 'main.js')], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => example.kill(signal));
example.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
