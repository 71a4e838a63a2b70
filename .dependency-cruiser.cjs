/**
 * The import map: which folder of src/ may import which (docs/architecture.md, “Layout”, has the same table). Imports point down, and go through the
 * other folder's index.ts. A folder that is not listed here may import nothing, and nothing may import it.
 */
const MAY_IMPORT = {
  common: [],
  config: ['common'],
  persistence: ['common'],
  coordination: ['common', 'persistence', 'permissions'],
  permissions: ['common'],
  http: ['common', 'permissions', 'persistence'],
  audit: ['common', 'persistence', 'coordination', 'permissions', 'http'],
  organizations: ['common', 'persistence', 'coordination', 'permissions', 'http', 'audit'],
  'rate-limits': ['common', 'coordination', 'http'],
  keys: ['common', 'persistence', 'coordination', 'permissions', 'http', 'audit', 'organizations', 'rate-limits'],
  notices: ['common', 'persistence', 'permissions', 'audit', 'organizations', 'keys'],
  authentication: ['common', 'coordination', 'permissions', 'http', 'audit', 'organizations', 'rate-limits', 'keys'],
  messaging: ['common', 'persistence', 'permissions', 'http', 'audit'],
  operations: ['common', 'persistence', 'coordination', 'permissions', 'http', 'audit', 'organizations', 'rate-limits', 'keys'],
  openapi: ['common', 'permissions', 'http'],
  docs: ['common', 'permissions', 'http', 'openapi'],
  dashboard: ['common', 'permissions', 'http'],
};

/** Composition: may import everything, and is imported by composition only. */
const COMPOSITION = '^src/(?:cli/|testing/|[^/]+\\.ts$)';
const TESTS = '\\.spec\\.ts$';
const FOLDERS = Object.keys(MAY_IMPORT);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...FOLDERS.map((folder) => ({
      name: `${folder}-imports-down`,
      comment: `${folder}/ may import ${MAY_IMPORT[folder].join(', ') || 'nothing of ours'}.`,
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: TESTS },
      to: { path: '^src/', pathNot: `^src/(?:${[folder, ...MAY_IMPORT[folder]].join('|')})/` },
    })),
    {
      name: 'known-folders',
      comment: 'A new folder of src/ gets its line in the map above.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(?:${FOLDERS.join('|')}|cli|testing)/` },
      to: {},
    },
    {
      name: 'through-the-index',
      comment: 'Another folder is imported through its index.ts.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: TESTS },
      to: { path: '^src/[^/]+/', pathNot: '^src/(?:$1/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'composition-through-the-index',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: TESTS },
      to: { path: '^src/[^/]+/', pathNot: '^src/[^/]+/index\\.ts$' },
    },
    {
      name: 'flat-folders',
      comment: 'A layer is a file suffix, not a folder.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/[^/]+/' },
    },
    {
      name: 'nothing-imports-the-composition',
      comment: 'service.module, main and cli stand on top; whatever a folder needs is given to it.',
      severity: 'error',
      from: { path: '^src/', pathNot: [COMPOSITION, TESTS] },
      to: { path: COMPOSITION, pathNot: '^src/index\\.ts$' },
    },
    {
      name: 'nothing-imports-main',
      comment: 'Loading an entry point starts it.',
      severity: 'error',
      from: {},
      to: { path: '^src/(?:main|cli/keystile)\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'common-is-plain',
      comment: 'common/ is plain TypeScript: Node and nothing else.',
      severity: 'error',
      from: { path: '^src/common/', pathNot: TESTS },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'] },
    },
    {
      name: 'no-development-packages',
      comment: 'What runs in production is a dependency, not a devDependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|coverage|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
