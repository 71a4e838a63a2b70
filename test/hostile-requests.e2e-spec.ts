import { once } from 'node:events';
import { connect } from 'node:net';

import { KeystileApp, type TestKey } from '../src/testing';

/** Requests that no client library sends, over a bare socket. */
describe('a hostile request', () => {
  let app: KeystileApp;
  let key: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start();
    key = await app.issueKey({ scopes: ['api_key.read'] });
  });
  afterAll(() => app.stop());

  /** Everything that came back until the server hung up. */
  async function send(...pieces: readonly (string | Buffer)[]): Promise<string> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    for (const piece of pieces) socket.write(piece);
    await closed;
    return Buffer.concat(chunks).toString('latin1');
  }

  const request = (line: string, headers: readonly string[], body = ''): string =>
    [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n');

  const statuses = (answer: string): number[] => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  const bearer = (): string => `Authorization: Bearer ${key.key}`;
  const isAlive = async (): Promise<boolean> => (await app.get('/health/live')).status === 200;

  describe.each(['/%zz', '/%', '/v1/api-keys/%E0%A4', '/%c0%ae%c0%ae/', '/v1/%ff'])('with the path %s, which cannot be decoded', (path) => {
    it('is answered like any other that does not exist, with the headers of every answer', async () => {
      const [odd, plain] = [await app.get(path, { as: key.key }), await app.get('/nowhere', { as: key.key })];
      expect([odd.status, odd.body.code]).toEqual([404, 'not_found']);
      const names = (headers: object): string[] => Object.keys(headers).toSorted();
      expect(names(odd.headers)).toEqual(names(plain.headers));
      expect(odd.headers['content-security-policy']).toBe(plain.headers['content-security-policy']);
      expect(odd.text).not.toContain('%');
    });

    it('has a row that belongs to its caller', async () => {
      const { headers } = await app.get(path, { as: key.key });
      const owner = await app.owner();
      const row = await app.get(`/v1/call-logs/${String(headers['x-request-id'])}`, { as: owner.token });
      expect(row).toMatchObject({ status: 200, body: { path, status: 404, keyId: key.id } });
    });

    it('gets nobody in', async () => {
      expect((await app.get(path)).status).toBeGreaterThanOrEqual(400);
    });
  });

  it.each([
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\nGET /v1/whoami HTTP/1.1\r\n\r\n'],
    ['two lengths', ['Content-Length: 0', 'Content-Length: 44'], 'GET /v1/whoami HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a disguised encoding', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['a doubled encoding', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], '0\r\n\r\n'],
    ['a blank before the colon', ['Transfer-Encoding : chunked'], '0\r\n\r\n'],
    ['a length that is no number', ['Content-Length: +4'], 'abcd'],
    ['a bad chunk', ['Transfer-Encoding: chunked'], 'zz\r\nabcd\r\n0\r\n\r\n'],
    ['a header that is folded', ['X-One: a\r\n b'], ''],
    ['NUL in a header', ['X-One: a\0b'], ''],
    ['a bare line feed', ['X-One: a\nX-Two: b'], ''],
  ])('A15.5: with %s is refused once, and the connection ends', async (_name, headers, body) => {
    const answer = await send(request('POST /v1/api-keys', [bearer(), 'Content-Type: application/json', ...headers], body));
    expect(statuses(answer)).toEqual([400]);
    expect(await isAlive()).toBe(true);
  });

  it.each([
    ['headers of 20 KB', [`X-Large: ${'a'.repeat(20_000)}`]],
    ['a cookie of 20 KB', [`Cookie: keystile_session=${'a'.repeat(20_000)}`]],
    ['a thousand cookies', [`Cookie: ${Array.from({ length: 1_500 }, (_, i) => `c${i}=0123456`).join('; ')}`]],
  ])('A15.3: with %s is refused', async (_name, headers) => {
    expect(statuses(await send(request('GET /v1/whoami', headers)))).toEqual([431]);
    expect(await isAlive()).toBe(true);
  });

  it('with letters of other alphabets in its headers is answered, and they are in the log as they came', async () => {
    const head = request('GET /v1/whoami', [bearer(), 'User-Agent: caf\u00e9 \u{1f511}', 'Connection: close']);
    expect(statuses(await send(Buffer.from(head, 'utf8')))).toEqual([200]);
    const strange = request('GET /v1/whoami', [`Authorization: Bearer ${key.key}\u00e9`, 'Connection: close']);
    expect(statuses(await send(Buffer.from(strange, 'utf8')))).toEqual([401]);
  });

  it('that is pipelined behind others gets its own answer, in order, and a row of its own', async () => {
    const one = (path: string, ...more: readonly string[]): string => request(`GET ${path}`, [bearer(), ...more]);
    const answer = await send(
      one('/v1/whoami') + one('/nowhere') + one(`/v1/api-keys/${key.id}`) + one('/health/live', 'Connection: close'),
    );
    expect(statuses(answer)).toEqual([200, 404, 200, 200]);
    const ids = [...answer.matchAll(/^x-request-id: (\S+)/gim)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(4);
    const { token } = await app.owner();
    for (const id of ids.slice(0, 3)) expect((await app.get(`/v1/call-logs/${id}`, { as: token })).body.keyId).toBe(key.id);
  });

  it('that is pipelined behind one whose body never comes is not answered for it', async () => {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const came: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => came.push(chunk));
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    const { token } = await app.owner();
    const head = `Authorization: Bearer ${token}`;
    socket.write(request('POST /v1/api-keys', [head, 'Content-Type: application/json', 'Content-Length: 5000'], '{"name":"half'));
    socket.write(request('GET /v1/whoami', [head]));
    // The second is in the body of the first, and no request at all.
    await app.get('/health/live');
    socket.resetAndDestroy();
    await closed;
    expect(statuses(Buffer.concat(came).toString('latin1'))).toEqual([]);
    expect(await isAlive()).toBe(true);
    const { body } = await app.get('/v1/api-keys?limit=100', { as: token });
    expect((body.data as Array<{ name: string }>).map(({ name }) => name)).not.toContain('half');
  });
});
