import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type AnswerKeeper, ServedResponse, StandingHeaders } from './served-response';

/** What a caller gets of a response that is written like this. */
async function answerOf(write: (response: ServedResponse) => void, method = 'GET'): Promise<Response> {
  const server = createServer({ ServerResponse: ServedResponse }, (_request, response) => {
    response.standingHeaders = new StandingHeaders({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    response.ownHeaders = { 'x-request-id': 'req_1' };
    write(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method });
  } finally {
    server.close();
  }
}

const sent = ({ headers }: Response): OutgoingHttpHeaders =>
  Object.fromEntries(['cache-control', 'x-frame-options', 'x-request-id', 'etag', 'set-cookie'].map((name) => [name, headers.get(name)!]));

const USUAL = { 'cache-control': 'no-store', 'x-frame-options': 'DENY', 'x-request-id': 'req_1', etag: null, 'set-cookie': null };

describe('ServedResponse', () => {
  it('sends its own and the standing headers with those of the answer', async () => {
    const reply = await answerOf((response) => response.writeHead(200, { etag: '"v1"', 'content-length': 2 }).end('ok'));
    expect(sent(reply)).toEqual({ ...USUAL, etag: '"v1"' });
    expect(await reply.text()).toBe('ok');
  });

  it('sends a header once that the answer says otherwise', async () => {
    const reply = await answerOf((response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60', 'x-request-id': 'req_2', 'set-cookie': ['a=1', 'b=2'] }).end(),
    );
    expect(sent(reply)).toEqual({ ...USUAL, 'cache-control': 'max-age=60', 'x-request-id': 'req_2', 'set-cookie': 'a=1, b=2' });
  });

  it.each<[string, (response: ServedResponse) => void]>([
    ['one by one', (response) => response.setHeader('Cache-Control', 'max-age=60').end()],
    [
      'one by one and with the head',
      (response) => response.setHeader('Cache-Control', 'max-age=60').writeHead(200, { vary: 'origin' }).end(),
    ],
    ['as a list', (response) => response.writeHead(200, ['cache-control', 'max-age=60']).end()],
  ])('sends them where an answer sets headers %s', async (_how, write) => {
    expect(sent(await answerOf(write))).toEqual({ ...USUAL, 'cache-control': 'max-age=60' });
  });

  it('sends them where the head is not written by anybody', async () => {
    const reply = await answerOf((response) => response.end('ok'));
    expect(sent(reply)).toEqual(USUAL);
    expect(await reply.text()).toBe('ok');
  });

  it('refuses a header that would begin another one', async () => {
    const reply = await answerOf((response) => {
      expect(() => response.writeHead(200, { etag: 'a\r\nx: y' })).toThrow('Invalid character');
      response.writeHead(500).end();
    });
    expect(reply.status).toBe(500);
  });

  it('lets nothing leave but through its keeper, and is ended from then on', async () => {
    const asked: string[] = [];
    const reply = await answerOf((response) => {
      const keeper: AnswerKeeper & { hasEnded: boolean } = {
        hasEnded: false,
        write: () => asked.push('write') > 0,
        flushHeaders: () => void asked.push('flushHeaders'),
        end: () => {
          asked.push('end');
          keeper.hasEnded = true;
        },
      };
      response.keeper = keeper;
      response.flushHeaders();
      response.write('early');
      expect(response.writableEnded).toBe(false);
      response.end('late');
      expect([response.writableEnded, response.headersSent]).toEqual([true, false]);
      response.keeper = undefined;
      response.end('now');
    });
    expect(asked).toEqual(['flushHeaders', 'write', 'end']);
    expect(await reply.text()).toBe('now');
  });
});
