// Starts the built service as an operator would, on an empty folder: sets it up, issues a key, calls with it, finds the call in the
// log, and sees that SIGTERM ends it with exit code 0 and that nothing it printed is a secret.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dataDir = mkdtempSync(join(tmpdir(), 'keystile-smoke-'));
const service = spawn(process.execPath, ['dist/main.js'], {
  env: { ...process.env, DATA_DIR: dataDir, PORT: '0', NODE_ENV: 'development' },
});
let printed = '';
const link = await new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`No setup link within 30 s:\n${printed}`)), 30_000);
  const read = (chunk) => {
    printed += chunk;
    const found = /(http:\/\/\S+)\/api-management\/setup#(\S+)/.exec(printed);
    if (!found) return;
    clearTimeout(timer);
    resolve({ base: found[1], token: found[2] });
  };
  service.stdout.on('data', read);
  service.stderr.on('data', read);
  service.once('exit', (code) => reject(new Error(`The service ended with ${code}:\n${printed}`)));
});

const call = async (method, path, { token, body } = {}) => {
  const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(link.base + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
};

const owner = await call('POST', '/v1/setup', {
  body: {
    token: link.token,
    email: 'owner@example.com',
    password: 'correct horse battery',
    name: 'Owner',
    organizationName: 'Acme',
    transport: 'bearer',
  },
});
assert.equal(owner.status, 201);
const token = owner.body.accessToken;
const key = await call('POST', '/v1/api-keys', { token, body: { name: 'mailer', scopes: ['send_email'] } });
assert.equal(key.status, 201);
const sent = await call('POST', '/email', { token: key.body.key, body: { to: ['a@example.com'], subject: 'Hello', text: 'It works.' } });
assert.equal(sent.status, 202);
const calls = await call('GET', `/v1/call-logs?keyId=${key.body.id}`, { token });
assert.equal(calls.status, 200);
assert.deepEqual(
  calls.body.data.map(({ path, status }) => ({ path, status })),
  [{ path: '/email', status: 202 }],
);
assert.equal((await call('GET', '/health/ready')).status, 200);
for (const name of ['key-peppers', 'jwt-signing-keys.json', 'audit-signing-keys.json'])
  assert.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name);

// `npx keystile` starts the file itself. Windows knows no such mode.
if (process.platform !== 'win32') accessSync('dist/cli/keystile.js', constants.X_OK);

const ended = new Promise((resolve) => service.once('exit', resolve));
service.kill('SIGTERM');
assert.equal(await ended, 0);
for (const secret of [key.body.key, token, owner.body.refreshToken]) assert.ok(!printed.includes(secret), 'a secret was printed');
rmSync(dataDir, { recursive: true });
console.log('setup, key, call, log row, clean stop');
