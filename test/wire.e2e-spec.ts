import { connect } from 'node:net';

import { KeystileApp, type TestPerson } from '../src/testing';

describe('on the wire', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start({ env: { CORS_ORIGINS: 'https://app.example.com' } });
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  /** Sends these very bytes and reads until the server hangs up. */
  const raw = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(app.url);
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        answer += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  const answersIn = (text: string): string[] => text.match(/HTTP\/1\.1 \d{3}/g) ?? [];

  it.each([
    ['TE and CL', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd'],
    ['an obfuscated TE', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a bad chunk', 'Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n'],
    ['a bare LF', 'X-A: b\nX-B: c\n\n'],
    ['a folded header', 'X-A: b\r\n c\r\nConnection: close\r\n\r\n'],
    ['a NUL', 'X-A: \0\r\n\r\n'],
  ])('A15.5 refuses %s once and hangs up', async (_name, rest) => {
    const answer = await raw(
      `POST /v1/api-keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${owner.token}\r\nContent-Type: application/json\r\n${rest}`,
    );
    expect(answersIn(answer)).toHaveLength(1);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
  });

  it('A15.5 refuses another version of HTTP', async () => {
    expect(await raw('GET / HTTP/9.9\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 [45]\d\d|^$/);
  });

  it('A15.3 refuses headers and addresses that are too large', async () => {
    const large = await raw(`GET /v1/whoami HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431/);
    expect(await raw(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  });

  it('A15.4 cuts off whoever drips, headers or body', () => {
    const { headersTimeout, requestTimeout } = app.service.app.getHttpServer();
    expect(headersTimeout).toBeLessThanOrEqual(18_000);
    expect(requestTimeout).toBeGreaterThanOrEqual(headersTimeout);
    expect(requestTimeout).toBeLessThanOrEqual(18_000);
  });

  it('A13.2 reflects no foreign origin, and lets in the ones that are set without credentials', async () => {
    for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example']) {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await app.call(method, '/v1/whoami', {
          as: owner.token,
          headers: { origin, 'access-control-request-method': 'GET' },
        });
        expect(headers['access-control-allow-origin']).not.toBe(origin);
        expect(headers['access-control-allow-credentials']).toBeUndefined();
      }
    }
    const preflight = await app.call('OPTIONS', '/v1/whoami', {
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('https://app.example.com');
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
  });
});
