import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Answer, callHttp, type CallOptions, KeystileApp, type TestKey } from '../src/testing';
import { until } from './support/until';

const DEPLOY = join(__dirname, '..', 'deploy', 'nginx');
const hasNginx = spawnSync('nginx', ['-v']).status === 0;

/** The configuration of `deploy/`, in a folder of its own. */
class Nginx {
  private readonly folder = mkdtempSync(join(tmpdir(), 'keystile-nginx-'));
  private process: ChildProcess | undefined;

  constructor(change: (file: string, text: string) => string) {
    cpSync(DEPLOY, this.folder, { recursive: true });
    mkdirSync(join(this.folder, 'logs'));
    for (const file of ['keystile.conf', ...['listen', 'proxy', 'upstream'].map((name) => `keystile/${name}.conf`)]) {
      const path = join(this.folder, file);
      writeFileSync(path, change(file, readFileSync(path, 'utf8')).replaceAll('/etc/nginx/keystile', join(this.folder, 'keystile')));
    }
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${this.folder}/${name};`);
    writeFileSync(
      join(this.folder, 'nginx.conf'),
      `${process.getuid?.() === 0 ? 'user root;' : ''} worker_processes 1; error_log stderr; pid ${this.folder}/pid; events {}
      http { access_log off; ${temporary.join(' ')} include ${this.folder}/keystile.conf; }`,
    );
  }

  /** A certificate that nobody has to believe. */
  makeCertificate(): void {
    const [key, certificate] = ['certificate.key', 'certificate.pem'].map((name) => join(this.folder, 'keystile', name)) as [
      string,
      string,
    ];
    const subject = ['-subj', '/CN=keys.example.com', '-days', '1', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject], {
      stdio: 'ignore',
    });
  }

  /** `nginx -t`. */
  check(): string {
    const { stderr } = spawnSync('nginx', [...this.words, '-t'], { encoding: 'utf8' });
    return stderr;
  }

  async start(url: string): Promise<void> {
    this.process = spawn('nginx', [...this.words, '-g', 'daemon off;'], { stdio: 'ignore' });
    await until(
      async () => {
        try {
          return (await callHttp(url, 'GET', '/metrics')).status === 404;
        } catch {
          return false;
        }
      },
      () => 'nginx answers',
    );
  }

  async stop(): Promise<void> {
    if (this.process) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get words(): string[] {
    return ['-p', this.folder, '-c', join(this.folder, 'nginx.conf'), '-e', 'stderr'];
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

(hasNginx ? describe : describe.skip)('Behind nginx as in deploy/', () => {
  let app: KeystileApp;
  let nginx: Nginx;
  let url: string;
  let key: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start({ env: { TRUSTED_PROXIES: '127.0.0.1' } });
    key = await app.issueKey({ scopes: ['call_log.read', 'call_log.export', 'api_key.create'] });
    const [own, nobody] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${own}`;
    const ports = [String(nobody), new URL(app.url).port, String(nobody)];
    nginx = new Nginx((file, text) => {
      if (file === 'keystile/listen.conf') return `listen 127.0.0.1:${own};`;
      if (file === 'keystile/upstream.conf') return ports.reduce((upstream, port, i) => upstream.replace(`:300${i} `, `:${port} `), text);
      return text;
    });
    await nginx.start(url);
  });

  afterAll(async () => {
    await nginx.stop();
    await app.stop();
  });

  const call = (method: string, path: string, options: CallOptions = {}): Promise<Answer> =>
    callHttp(url, method, path, { as: key.key, ...options });

  it('its configuration is good as it is shipped', async () => {
    const shipped = new Nginx((_file, text) => text);
    try {
      shipped.makeCertificate();
      expect(shipped.check()).toMatch(/test is successful\n$/);
    } finally {
      await shipped.stop();
    }
  });

  it('calls arrive, also those that change something, while two of three replicas are gone', async () => {
    for (let i = 0; i < 6; i++) {
      expect((await call('GET', '/v1/whoami')).status).toBe(200);
      expect((await call('POST', '/v1/api-keys', { body: { name: `made ${i}`, scopes: [] } })).status).toBe(201);
    }
  });

  it('A12 the caller’s address is that of the connection, whatever the caller writes', async () => {
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
    const told = async (from: string): Promise<unknown> => (await call('GET', '/v1/whoami', { from, headers: forged })).body.ip;
    expect([await told('127.0.0.7'), await told('127.0.0.8')]).toEqual(['127.0.0.7', '127.0.0.8']);
    const fixed = await app.issueKey({ allowedIps: ['127.0.0.7'] });
    const statuses = ['127.0.0.7', '127.0.0.8'].map(async (from) => (await call('GET', '/v1/whoami', { as: fixed.key, from })).status);
    expect(await Promise.all(statuses)).toEqual([200, 403]);
  });

  it('bodies are as large as the service takes them, and what is larger is refused in its words', async () => {
    const padded = (bytes: number): string => JSON.stringify({ name: 'x', scopes: [], padding: 'x'.repeat(bytes) });
    expect(
      (await call('POST', '/v1/api-keys', { body: padded(1_000_000), headers: { 'content-type': 'application/json' } })).body.code,
    ).toBe('validation_failed');
    const refused = await call('POST', '/v1/api-keys', { body: padded(1_100_000), headers: { 'content-type': 'application/json' } });
    expect(refused).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
    expect(refused.headers['content-type']).toBe('application/problem+json');
  });

  it('exports come through whole', async () => {
    await until(
      async () => (await call('GET', '/v1/call-logs?limit=10')).body.data.length === 10,
      () => 'calls are stored',
    );
    const lines = (await call('GET', '/v1/call-logs/export?format=ndjson')).text.trim().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('metrics are nobody’s business outside', async () => {
    expect((await call('GET', '/metrics')).status).toBe(404);
    expect((await call('GET', '/health/ready')).status).toBe(200);
  });

  it('a service that is gone is 503 with a word on when to come back', async () => {
    const [own, nobody] = [await freePort(), await freePort()];
    const alone = new Nginx((file, text) => {
      if (file === 'keystile/listen.conf') return `listen 127.0.0.1:${own};`;
      return file === 'keystile/upstream.conf' ? text.replaceAll(/:300\d /g, `:${nobody} `) : text;
    });
    try {
      await alone.start(`http://127.0.0.1:${own}`);
      const answer = await callHttp(`http://127.0.0.1:${own}`, 'POST', '/sms', { body: {} });
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
    } finally {
      await alone.stop();
    }
  });
});
