const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

// Nest 12 is ESM only and Jest cannot require() an ES module before Node 24.9: those packages are turned into CommonJS.
function esmPackages(folder) {
  const names = new Set();
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    if (entry.name.startsWith('.') || !entry.isDirectory()) continue;
    const found = entry.name.startsWith('@') ? readdirSync(join(folder, entry.name)).map((name) => `${entry.name}/${name}`) : [entry.name];
    for (const name of found) {
      const manifest = join(folder, name, 'package.json');
      if (!existsSync(manifest)) continue;
      if (JSON.parse(readFileSync(manifest, 'utf8')).type === 'module') names.add(name);
      for (const inner of esmPackages(join(folder, name, 'node_modules'))) names.add(inner);
    }
  }
  return names;
}

const esm = [...esmPackages(join(__dirname, 'node_modules'))].map((name) => name.replace(/[.+]/g, '\\$&')).join('|');
const swc = (parser, transform) => [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser, transform, keepClassNames: true },
  },
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/examples'],
  moduleNameMapper: { '^keystile$': '<rootDir>/src/index.ts', '^keystile/testing$': '<rootDir>/src/testing/index.ts' },
  testRegex: '\\.(e2e-)?spec\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  transform: {
    '\\.ts$': swc(
      { syntax: 'typescript', decorators: true },
      { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    ),
    '\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  // Only the last node_modules in the path counts.
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(?:${esm})/)`],
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  testTimeout: 30_000,
  globalSetup: '<rootDir>/test/support/build-page.cjs',
};
