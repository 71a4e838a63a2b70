// Reads the OpenAPI document of the built service and asks of it what a generated client and a reader need. The built one, because
// schemas and sentences come from a compiler plugin, which does not run under Jest and fails silently.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The one class that is empty on purpose.
const EMPTY = 'EmptyView';
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-contract-'));
const service = spawn(process.execPath, ['dist/main.js'], {
  env: { ...process.env, DATA_DIR: dataDir, PORT: '0', NODE_ENV: 'development' },
});
try {
  const address = await started(service);
  const document = await (await fetch(`${address}/openapi.json`)).json();
  const faults = [...faultsOfOperations(document), ...faultsOfSchemas(document), ...danglingReferences(document)];
  assert.deepEqual(faults, []);
  const page = await (await fetch(`${address}/docs`)).text();
  assert.ok(page.includes('<code class="name">allowedIps</code>'), 'the reference shows no fields');
  console.log(`${operationsOf(document).length} operations, ${Object.keys(document.components.schemas).length} schemas`);
} finally {
  if (service.exitCode === null) {
    service.kill('SIGTERM');
    await new Promise((resolve) => service.once('exit', resolve));
  }
  rmSync(dataDir, { recursive: true });
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

function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ name: `${method.toUpperCase()} ${path}`, method, path, operation: item[method] }] : [])),
  );
}

/** Each has a name of its own and a sentence; bodies and answers have a type, and parameters of the path are declared. */
function faultsOfOperations(document) {
  const seen = new Set();
  return operationsOf(document).flatMap(({ name, method, path, operation }) => {
    const { operationId, summary, parameters, requestBody, responses } = operation;
    const good = Object.entries(responses).filter(([status]) => status < '400');
    const declared = parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
    const asked = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    const faults = [
      [seen.has(operationId), `is called ${operationId} like another one`],
      [!summary, 'has no sentence that says what it does'],
      [good.length === 0, 'has no answer'],
      [good.some(([status, { content }]) => status !== '204' && status < '300' && !content), 'answers with something that has no type'],
      [declared.toSorted().join() !== asked.toSorted().join(), `declares ${declared} and has ${asked} in its path`],
      [requestBody !== undefined && method === 'get', 'is a GET with a body'],
      [parameters.some(({ schema }) => !schema?.type && !schema?.$ref && !schema?.enum), 'has a parameter without a type'],
    ];
    seen.add(operationId);
    return faults.flatMap(([isSo, what]) => (isSo ? [`${name} ${what}`] : []));
  });
}

/** An object without properties is what the plugin leaves of a class that it did not understand. */

function faultsOfSchemas({ components }) {
  return Object.entries(components.schemas).flatMap(([name, { properties = {} }]) => [
    ...(Object.keys(properties).length === 0 && name !== EMPTY ? [`${name} has no properties`] : []),
    ...Object.entries(properties)
      .filter(([, schema]) => !schema.type && !schema.$ref && !schema.allOf && !schema.anyOf && !schema.oneOf && !schema.enum)
      .map(([property]) => `${name}.${property} has no type`),
    ...Object.entries(properties)
      .filter(([, schema]) => schema.type === 'array' && Object.keys(schema.items ?? {}).length === 0)
      .map(([property]) => `${name}.${property} is a list of nothing`),
  ]);
}

function danglingReferences(document) {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
  return [...new Set([...references].map(([, path]) => path))].filter(
    (path) => path.split('/').reduce((part, name) => part?.[name], document) === undefined,
  );
}
